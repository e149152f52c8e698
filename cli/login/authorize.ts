import { randomBytes } from "node:crypto";
import type { AppSecret } from "../../handlers/extract/secrets";
import { UserError } from "../../cloud/errors";
import { CallbackServer } from "./callback";
import { exchangeCode, type SignIn } from "./token";

/** How a listener is asked for consent. */
export interface AuthorizeOptions {
  /** Address of Spotify's accounts service, without a slash at its end. */
  accountsUrl: string;
  app: AppSecret;
  scopes: string[];
  /** Of 127.0.0.1, where Spotify sends the browser back; 0: a free one. */
  port: number;
  /** How long the listener may take. */
  timeoutMs: number;
  now(): number;
  /** Gets the address of Spotify's consent page and the redirect URI once the port is open. */
  invite(address: string, redirectUri: string): void;
  /** Where the sign-in will be, in words. */
  place: string;
  /** Stores the sign-in. */
  keep(signIn: SignIn): Promise<void>;
}

/**
 * Runs OAuth's authorization code flow: shows the address, waits for the browser to come back, exchanges the code and
 * stores the sign-in. The browser shows the result. Throws a `UserError` for any failure; no port stays open.
 */
export async function authorize(options: AuthorizeOptions): Promise<SignIn> {
  const server = await CallbackServer.listen(options.port);
  try {
    const { redirectUri } = server;
    const state = randomBytes(16).toString("base64url");
    options.invite(consentAddress(options, redirectUri, state), redirectUri);
    const callback = await server.callback(options.timeoutMs);
    try {
      const code = codeFrom(callback.query, state);
      const signIn = await exchangeCode(options, code, redirectUri);
      await options.keep(signIn);
      await callback.answer(200, "Signed in", `Stored in ${options.place}. You can close this window.`);
      return signIn;
    } catch (error) {
      const sentence =
        error instanceof UserError ? error.message : "Something unexpected happened; the terminal says what.";
      await callback.answer(400, "Not signed in", sentence);
      throw error;
    }
  } finally {
    await server.close();
  }
}

function consentAddress(
  { accountsUrl, app, scopes }: AuthorizeOptions,
  redirectUri: string,
  state: string,
): string {
  const query = new URLSearchParams({
    client_id: app.clientId,
    response_type: "code",
    redirect_uri: redirectUri,
    ...(scopes.length > 0 && { scope: scopes.join(" ") }),
    state,
    // Always ask: that starts a new six months, and shows whose account it is.
    show_dialog: "true",
  });
  return `${accountsUrl}/authorize?${query.toString()}`;
}

/** Returns the code, if the answer belongs to this sign-in. */
function codeFrom(query: URLSearchParams, state: string): string {
  if (query.get("state") !== state)
    throw new UserError(
      "The browser came back with an answer to another sign-in (its state differs), so it was not used; run npx spotify-lake login again.",
    );
  const error = query.get("error");
  if (error === "access_denied")
    throw new UserError(
      "The consent was declined at Spotify, so nothing was stored; run npx spotify-lake login to be asked again.",
    );
  const code = query.get("code");
  if (error !== null || !code) {
    const word = /^[a-z_]{1,40}$/.test(error ?? "") ? ` (${error})` : "";
    throw new UserError(`Spotify gave no consent${word}; run npx spotify-lake login again.`);
  }
  return code;
}
