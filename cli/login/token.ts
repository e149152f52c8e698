import type { AppSecret } from "../../handlers/extract/secrets";
import { UserError } from "../../cloud/errors";

/** A listener's consent as it is kept. */
export interface SignIn {
  refreshToken: string;
  /** When the listener agreed, ISO 8601 in UTC. Spotify ends the token six months later, however it is used. */
  authorizedAt: string;
}

const timeoutMs = 30_000;

/** Exchanges the code of a consent. Throws a `UserError` if the accounts service refuses or does not answer. */
export async function exchangeCode(
  { accountsUrl, app, now }: { accountsUrl: string; app: AppSecret; now(): number },
  code: string,
  redirectUri: string,
): Promise<SignIn> {
  const { status, body } = await post(`${accountsUrl}/api/token`, app, {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
  });
  if (status !== 200) throw refusal(status, body, redirectUri);
  const { refresh_token: refreshToken } = body;
  if (typeof refreshToken !== "string" || refreshToken === "")
    throw new UserError("Spotify's answer holds no refresh token; run npx spotify-lake login again.");
  return { refreshToken, authorizedAt: new Date(now()).toISOString() };
}

async function post(
  url: string,
  { clientId, clientSecret }: AppSecret,
  form: Record<string, string>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams(form),
      // A redirect would send the secret to another host.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: answer.status, body: jsonObject(await answer.text()) };
  } catch {
    throw new UserError(
      `${new URL(url).host} did not answer; run npx spotify-lake login again when the network is there.`,
    );
  }
}

/** The object that the text holds; empty if it holds none. */
function jsonObject(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Only known words of the answer are repeated, never its text. */
function refusal(status: number, body: Record<string, unknown>, redirectUri: string): UserError {
  const { error, error_description: description } = body;
  if (error === "invalid_client")
    return new UserError(
      "Spotify does not accept the client id or the client secret; compare both with the app's settings at https://developer.spotify.com/dashboard.",
    );
  if (error === "invalid_grant" && /redirect/i.test(String(description)))
    return new UserError(
      `Spotify does not accept the redirect URI; register ${redirectUri} in the app's settings.`,
    );
  if (error === "invalid_grant")
    return new UserError(
      "Spotify no longer accepts the code of this sign-in; run npx spotify-lake login again.",
    );
  return new UserError(
    `Spotify's accounts service answered with status ${status}; run npx spotify-lake login again later.`,
  );
}
