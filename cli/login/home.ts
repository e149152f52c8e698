import * as path from "node:path";
import type { AppSecret } from "../../handlers/extract/secrets";
import { UserError } from "../../cloud/errors";
import { envFile, writeEnvFile } from "./env-file";
import type { SignIn } from "./token";

/** Where a sign-in is stored: a stack's configuration, or a file of this machine. */
export interface Home {
  /** In words, such as `.env.local`. */
  place: string;
  listener: string;
  /** The sources that are read there. */
  sources: string[];
  /** As much of the app as is known. */
  app: Partial<AppSecret>;
  /** Stores the sign-in, and of the app what is not yet there. */
  keep(app: AppSecret, signIn: SignIn): Promise<void>;
}

/** Returns the app that the environment names; empty variables count as unset. */
export function appIn(env: NodeJS.ProcessEnv): Partial<AppSecret> {
  const { SPOTIFY_CLIENT_ID: clientId, SPOTIFY_CLIENT_SECRET: clientSecret } = env;
  return { ...(clientId && { clientId }), ...(clientSecret && { clientSecret }) };
}

/** Returns the home of what `npm start` reads: one listener's variables in `.env.local`. */
export function fileHome(dir: string, env: NodeJS.ProcessEnv, listener: string | undefined): Home {
  if (listener !== undefined)
    throw new UserError(
      `--listener needs --stack: ${envFile} holds one listener only; leave it out, or name a stack.`,
    );
  return {
    place: envFile,
    listener: "me",
    sources: ["me"],
    app: appIn(env),
    keep: async ({ clientId, clientSecret }, { refreshToken, authorizedAt }) =>
      writeEnvFile(path.join(dir, envFile), {
        SPOTIFY_CLIENT_ID: clientId,
        SPOTIFY_CLIENT_SECRET: clientSecret,
        SPOTIFY_REFRESH_TOKEN: refreshToken,
        SPOTIFY_AUTHORIZED_AT: authorizedAt,
      }),
  };
}
