import { UserError } from "../../cloud/errors";
import type { Credentials } from "./localProgram";

/**
 * The account that the environment names, or undefined if it names none: then Spotify is simulated. Throws a
 * `UserError` if it names half of one.
 */
export function credentialsFrom(env: NodeJS.ProcessEnv): Credentials | undefined {
  const {
    SPOTIFY_CLIENT_ID: clientId,
    SPOTIFY_CLIENT_SECRET: clientSecret,
    SPOTIFY_REFRESH_TOKEN: refreshToken,
    SPOTIFY_AUTHORIZED_AT: authorizedAt,
  } = env;
  if (!clientId && !clientSecret && !refreshToken) return undefined;
  if (!clientId || !clientSecret) {
    const missing = clientId ? "SPOTIFY_CLIENT_SECRET" : "SPOTIFY_CLIENT_ID";
    throw new UserError(
      `${missing} is not set; set it to read Spotify, or unset the other SPOTIFY_ variables to simulate.`,
    );
  }
  if (authorizedAt && Number.isNaN(Date.parse(authorizedAt)))
    throw new UserError(
      "SPOTIFY_AUTHORIZED_AT is no time such as 2026-05-01T10:00:00Z; unset it, or run npx spotify-lake login.",
    );
  return {
    clientId,
    clientSecret,
    refreshToken: refreshToken ?? "",
    ...(refreshToken && authorizedAt && { authorizedAt }),
  };
}
