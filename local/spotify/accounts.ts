/** The accounts service: who may have an access token, and what one is good for. */
import type { Clock } from "../types";

/** What an app and a listener sign in with. */
export interface Credentials {
  clientId: string;
  clientSecret: string;
  refreshToken: string;
}

/** Accepted unless others are set. */
export const simulatedCredentials: Credentials = {
  clientId: "simulated-client-id",
  clientSecret: "simulated-client-secret",
  refreshToken: "simulated-refresh-token",
};

/** An answer of the token endpoint. */
interface TokenAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** Whom a token speaks for: the app alone, or the listener. */
export type Grant = "app" | "listener";

const lifetime = 3600;

const scope = "playlist-read-collaborative playlist-read-private user-library-read user-read-private";

/** Grants access tokens and remembers them. Tokens are numbered, so that runs repeat. */
export class Accounts {
  /** Tokens granted so far. */
  granted = 0;
  private readonly tokens = new Map<string, { grant: Grant; expires: number }>();

  constructor(
    private readonly credentials: Credentials,
    private readonly clock: Clock,
  ) {}

  /** POST /api/token: the form's grant for the app that the Authorization header names. */
  token(authorization: string | undefined, form: URLSearchParams): TokenAnswer {
    const { clientId, clientSecret, refreshToken } = this.credentials;
    const [id, secret] = basic(authorization);
    if (id !== clientId) return refusal("invalid_client", "Invalid client");
    if (secret !== clientSecret) return refusal("invalid_client", "Invalid client secret");
    const type = form.get("grant_type");
    if (type === "client_credentials") return this.grant("app", {});
    if (type !== "refresh_token")
      return refusal("unsupported_grant_type", `grant_type ${type ?? "(none)"} is not supported`);
    if (form.get("refresh_token") !== refreshToken) return refusal("invalid_grant", "Invalid refresh token");
    return this.grant("listener", { scope });
  }

  /** What the access token stands for; "expired" an hour (of the clock) after it was granted; undefined if unknown. */
  grantOf(token: string): Grant | "expired" | undefined {
    const known = this.tokens.get(token);
    return known && this.clock.now() >= known.expires ? "expired" : known?.grant;
  }

  private grant(grant: Grant, more: Record<string, string>): TokenAnswer {
    this.granted += 1;
    const token = `simulated-access-token-${this.granted}`;
    this.tokens.set(token, { grant, expires: this.clock.now() + lifetime * 1000 });
    return {
      status: 200,
      body: { access_token: token, token_type: "Bearer", expires_in: lifetime, ...more },
    };
  }
}

function refusal(error: string, description: string): TokenAnswer {
  return { status: 400, body: { error, error_description: description } };
}

/** User and password of a Basic authorization; empty texts if there is none. */
function basic(authorization = ""): [string, string] {
  const [, code = ""] = /^Basic +(\S+)$/i.exec(authorization) ?? [];
  const text = Buffer.from(code, "base64").toString();
  const colon = text.indexOf(":");
  return colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
}
