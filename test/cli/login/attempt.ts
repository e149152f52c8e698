import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { login, type Login, type LoginRequest } from "../../../cli/login/login";
import type { Ask } from "../../../cli/login/ask";
import { simulatedCredentials } from "../../../simulator/accounts";
import { SpotifySimulator, type SimulatorOptions } from "../../../simulator/server";
import { press, type Shown } from "./listener";

/** When sign-ins happen. */
const noon = Date.UTC(2026, 10, 2, 12);

/** A simulated Spotify, and a folder to sign in from. */
export interface Scene {
  simulator: SpotifySimulator;
  url: string;
  dir: string;
}

/** Runs a test in a scene and clears it away. */
export async function inScene(
  options: Partial<SimulatorOptions>,
  test: (scene: Scene) => Promise<void>,
): Promise<void> {
  const simulator = new SpotifySimulator({ clock: { now: () => noon }, ...options });
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "login-"));
  try {
    await test({ simulator, url: await simulator.start(), dir });
  } finally {
    await simulator.close();
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

/** A sign-in in a scene. */
interface Attempt extends Partial<LoginRequest> {
  /** Beside the address of the simulator. */
  env?: NodeJS.ProcessEnv;
  ask?: Ask;
  /** What the listener does with the address; agrees unless given. */
  visit?: (address: string, redirectUri: string) => Promise<Shown>;
}

/** How a sign-in ended. */
interface Outcome {
  login?: Login;
  error?: Error;
  /** Of Spotify's consent page. */
  address?: string;
  redirectUri?: string;
  /** What was reported before. */
  notes: string[];
  /** What the listener saw in the end, if they came so far. */
  shown?: Shown;
}

/** The app of the simulator, as the environment names it. */
export const appEnv = {
  SPOTIFY_CLIENT_ID: simulatedCredentials.clientId,
  SPOTIFY_CLIENT_SECRET: simulatedCredentials.clientSecret,
};

/** Signs in, with a listener who acts at once. */
export async function attempt({ url, dir }: Scene, options: Attempt = {}): Promise<Outcome> {
  const { env = appEnv, ask, visit = (address) => press(address, "agree"), ...request } = options;
  const outcome: Outcome = { notes: [] };
  let seen: Promise<Shown> | undefined;
  const done = login(
    { port: 0, timeoutMs: 10_000, ...request },
    {
      env: { SPOTIFY_ACCOUNTS_URL: url, ...env },
      dir,
      ask,
      now: () => noon,
      note: (sentence) => outcome.notes.push(sentence),
      invite: (address, redirectUri) => {
        Object.assign(outcome, { address, redirectUri });
        seen = visit(address, redirectUri);
      },
    },
  );
  outcome.login = await done.catch((error: Error) => {
    outcome.error = error;
    return undefined;
  });
  outcome.shown = await seen;
  return outcome;
}

/** Everything that people see of a sign-in. */
export function visible({ login, error, address, notes, shown }: Outcome): string {
  return JSON.stringify([login, error?.message, address, notes, shown?.text]);
}
