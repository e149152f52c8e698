/** The accounts service: who may have an access token, and what one is good for. */
import type { Clock } from "./times";

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

/** The scopes that only read. */
export const readScopes = [
  "playlist-read-collaborative",
  "playlist-read-private",
  "user-follow-read",
  "user-library-read",
  "user-read-currently-playing",
  "user-read-email",
  "user-read-playback-position",
  "user-read-playback-state",
  "user-read-private",
  "user-read-recently-played",
  "user-top-read",
];

/** An answer of the token endpoint. */
interface TokenAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** Whom a token speaks for: the app alone, or the listener. */
export type Grant = "app" | "listener";

/** What a listener agreed to. */
interface Consent {
  /** Scopes, with spaces between them. */
  scope: string;
  /** When, ms since 1970 UTC; undefined: never so long ago that it ended. */
  at: number | undefined;
}

/** Seconds. */
const lifetime = 3600;

/** Grants access tokens and remembers them. Codes and tokens are numbered, so that runs repeat. */
export class Accounts {
  /** Access tokens granted so far. */
  granted = 0;
  private readonly tokens = new Map<string, { grant: Grant; scope: string; expires: number }>();
  /** By refresh token. */
  private readonly consents = new Map<string, Consent>();
  private readonly codes = new Map<string, { redirectUri: string; consent: Consent }>();
  private codesIssued = 0;

  /** `authorizedAt`: when the listener consented to everything and was given the refresh token, ms; if undefined it lasts. */
  constructor(
    private readonly credentials: Credentials,
    private readonly clock: Clock,
    authorizedAt?: number,
  ) {
    this.consents.set(credentials.refreshToken, { scope: readScopes.join(" "), at: authorizedAt });
  }

  /** The listener agrees now: gives the code that is exchanged once, with this very redirect URI. */
  issueCode(redirectUri: string, scope: string): string {
    this.codesIssued += 1;
    const code = `simulated-code-${this.codesIssued}`;
    this.codes.set(code, { redirectUri, consent: { scope, at: this.clock.now() } });
    return code;
  }

  /** POST /api/token: the form's grant for the app that the Authorization header names. */
  token(authorization: string | undefined, form: URLSearchParams): TokenAnswer {
    const [id, secret] = basic(authorization);
    if (id !== this.credentials.clientId) return refusal("invalid_client", "Invalid client");
    if (secret !== this.credentials.clientSecret) return refusal("invalid_client", "Invalid client secret");
    const type = form.get("grant_type");
    if (type === "client_credentials") return this.grant("app");
    if (type === "authorization_code") return this.exchange(form);
    if (type === "refresh_token") return this.refresh(form);
    return refusal("unsupported_grant_type", `grant_type ${type ?? "(none)"} is not supported`);
  }

  /** What the access token stands for; "expired" an hour (of the clock) after it was granted; undefined if unknown. */
  grantOf(token: string): Grant | "expired" | undefined {
    const known = this.tokens.get(token);
    return known && this.clock.now() >= known.expires ? "expired" : known?.grant;
  }

  /** The scopes that an access token is good for; none for an unknown one. */
  scopesOf(token: string): string[] {
    const { scope = "" } = this.tokens.get(token) ?? {};
    return scope.split(" ").filter((word) => word !== "");
  }

  private exchange(form: URLSearchParams): TokenAnswer {
    const code = form.get("code") ?? "";
    const issued = this.codes.get(code);
    this.codes.delete(code);
    if (!issued) return refusal("invalid_grant", "Invalid authorization code");
    if (form.get("redirect_uri") !== issued.redirectUri)
      return refusal("invalid_grant", "Invalid redirect URI");
    const refreshToken = `${simulatedCredentials.refreshToken}-${this.consents.size}`;
    this.consents.set(refreshToken, issued.consent);
    return this.grant("listener", issued.consent.scope, { refresh_token: refreshToken });
  }

  /** Gives no new refresh token, as in Spotify's code flow, and does not make the old one last longer. */
  private refresh(form: URLSearchParams): TokenAnswer {
    const consent = this.consents.get(form.get("refresh_token") ?? "");
    if (!consent) return refusal("invalid_grant", "Invalid refresh token");
    if (consent.at !== undefined && this.clock.now() >= sixMonthsAfter(consent.at))
      return refusal("invalid_grant", "Refresh token expired");
    return this.grant("listener", consent.scope);
  }

  private grant(grant: Grant, scope = "", more: Record<string, string> = {}): TokenAnswer {
    this.granted += 1;
    const token = `simulated-access-token-${this.granted}`;
    this.tokens.set(token, { grant, scope, expires: this.clock.now() + lifetime * 1000 });
    const scopes = grant === "listener" ? { scope } : {};
    return {
      status: 200,
      body: { access_token: token, token_type: "Bearer", expires_in: lifetime, ...scopes, ...more },
    };
  }
}

/**
 * Returns when a refresh token ends that the listener agreed to at `time`, ms UTC: six calendar months later, at the end
 * of a month that is too short on its last day.
 */
function sixMonthsAfter(time: number): number {
  const date = new Date(time);
  const month = date.getUTCMonth() + 6;
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  return date.setUTCMonth(month, Math.min(date.getUTCDate(), lastDay));
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
