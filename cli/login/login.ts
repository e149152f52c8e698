import * as path from "node:path";
import { UserError } from "../../cloud/errors";
import { completeApp, type Ask } from "./ask";
import { authorize } from "./authorize";
import { envFile, readEnvFile } from "./env-file";
import { hasPulumi } from "../stack/pulumi-cli";
import { fileHome, type Home } from "./home";
import { scopesFor } from "./scopes";
import { stackHome } from "./stack-home";

/** What to sign in for. */
export interface LoginRequest {
  /** The stack that gets the sign-in; without it, or without the Pulumi CLI, `.env.local` does. */
  stack?: string;
  /** One of the stack's listeners; its first one by default. */
  listener?: string;
  /** The sources to be read; by default the stack's. */
  sources?: string[];
  /** Of 127.0.0.1; 0: a free one. */
  port: number;
  /** How long the listener may take. */
  timeoutMs: number;
}

/** What a sign-in needs of its environment. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** The project's folder. */
  dir: string;
  /** Undefined if there is nobody to ask. */
  ask: Ask | undefined;
  now(): number;
  /** Gets a sentence about what differs from the request. */
  note(sentence: string): void;
  /** Gets the address of Spotify's consent page and the redirect URI. */
  invite(address: string, redirectUri: string): void;
}

/** The result of a sign-in; nothing in it is secret. */
export interface Login {
  listener: string;
  scopes: string[];
  /** ISO 8601 in UTC. */
  authorizedAt: string;
  /** Where it is stored, in words. */
  stored: string;
}

/** Signs a listener in at Spotify and stores the refresh token. Throws a `UserError` for any failure. */
export async function login(request: LoginRequest, around: Surroundings): Promise<Login> {
  const { dir } = around;
  const env = { ...readEnvFile(path.join(dir, envFile)), ...around.env };
  const accountsUrl = accountsUrlIn(env);
  const home = await homeOf(request, env, around);
  const scopes = scopesFor(request.sources ?? home.sources);
  const app = await completeApp(home.app, around.ask);
  const { authorizedAt } = await authorize({
    accountsUrl,
    app,
    scopes,
    port: request.port,
    timeoutMs: request.timeoutMs,
    now: around.now,
    invite: around.invite,
    place: home.place,
    keep: (signIn) => home.keep(app, signIn),
  });
  return { listener: home.listener, scopes, authorizedAt, stored: home.place };
}

/** Without the Pulumi CLI the file is used, unless a listener is named: it holds only one. */
async function homeOf(
  { stack, listener }: LoginRequest,
  env: NodeJS.ProcessEnv,
  around: Surroundings,
): Promise<Home> {
  if (stack === undefined) return fileHome(around.dir, env, listener);
  if (listener !== undefined || (await hasPulumi(around))) return stackHome(stack, listener, env, around);
  around.note(
    `The Pulumi CLI was not found, so stack ${stack} is out of reach: the sign-in goes to ${envFile}. ` +
      "To store it in the stack, install the CLI (https://www.pulumi.com/docs/install/) and run this again.",
  );
  return fileHome(around.dir, env, undefined);
}

function accountsUrlIn({ SPOTIFY_ACCOUNTS_URL: url = "https://accounts.spotify.com" }: NodeJS.ProcessEnv) {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new UserError(
      `SPOTIFY_ACCOUNTS_URL is "${url}"; it must be an address such as https://example.org.`,
    );
  return url.replace(/\/+$/, "");
}
