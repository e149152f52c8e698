import { GetParametersCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { runFailure } from "../shared/runFailures";

/** The app that signs in; made in Spotify's developer dashboard. */
export interface AppSecret {
  clientId: string;
  clientSecret: string;
}

/** A listener's consent. */
export interface SignIn {
  refreshToken: string;
  /** When it was given, ISO 8601 UTC; null if that is unknown, as for a token that was set by hand. */
  authorizedAt: string | null;
}

/** Everything secret that a run needs. Without a listener's sign-in, a run signs in as the app. */
export interface Secrets {
  app: AppSecret;
  signIns: Record<string, SignIn | undefined>;
}

/** The most names that one GetParameters call takes. */
const namesPerCall = 10;

/**
 * Reads the app's and the listeners' secrets from SSM: `<prefix>/app` and `<prefix>/listeners/<name>`, SecureStrings
 * that hold JSON.
 * @throws `secret_missing` without the app's parameter, `secret_malformed` for a value that is not as expected
 */
export async function ssmSecrets(client: SSMClient, prefix: string, listeners: string[]): Promise<Secrets> {
  const appName = `${prefix}/app`;
  const listenerName = (listener: string) => `${prefix}/listeners/${listener}`;
  const names = [appName, ...listeners.map(listenerName)];
  const values: Record<string, string | undefined> = {};
  for (let start = 0; start < names.length; start += namesPerCall) {
    const Names = names.slice(start, start + namesPerCall);
    const answer = await client.send(new GetParametersCommand({ Names, WithDecryption: true }));
    for (const { Name, Value } of answer.Parameters ?? []) if (Name) values[Name] = Value;
  }
  return {
    app: appSecret(appName, values[appName]),
    signIns: Object.fromEntries(
      listeners.map((listener) => {
        const name = listenerName(listener);
        return [listener, signIn(name, values[name])];
      }),
    ),
  };
}

function appSecret(name: string, value: string | undefined): AppSecret {
  if (value === undefined)
    throw runFailure(
      "secret_missing",
      `The SSM parameter ${name} is missing: set spotifyClientId and spotifyClientSecret and deploy again.`,
    );
  const { clientId, clientSecret } = parse(name, value);
  if (typeof clientId !== "string" || typeof clientSecret !== "string" || !clientId || !clientSecret)
    throw malformed(name, "clientId and clientSecret");
  return { clientId, clientSecret };
}

/** Returns a listener's sign-in. An empty token means the same as none: nobody has signed in yet. */
function signIn(name: string, value: string | undefined): SignIn | undefined {
  if (value === undefined) return undefined;
  const { refreshToken = "", authorizedAt = null } = parse(name, value);
  if (typeof refreshToken !== "string") throw malformed(name, "refreshToken");
  if (authorizedAt !== null && (typeof authorizedAt !== "string" || Number.isNaN(Date.parse(authorizedAt))))
    throw malformed(name, "authorizedAt (a time in ISO 8601)");
  return refreshToken ? { refreshToken, authorizedAt } : undefined;
}

function parse(name: string, value: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === "object" && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // The parser's own message quotes the text, which is a secret.
  }
  throw malformed(name, "its fields");
}

function malformed(name: string, fields: string) {
  return runFailure(
    "secret_malformed",
    `The SSM parameter ${name} does not hold JSON with ${fields} as text: set the secret and deploy again.`,
  );
}
