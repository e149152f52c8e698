import { execFile } from "node:child_process";
import * as os from "node:os";
import * as path from "node:path";
import { runCommand } from "../../cli/main";
import type { Surroundings } from "../../cli/lib/io";

/** The project's folder. */
export const root = path.join(__dirname, "../..");

/** How Node loads TypeScript, as package.json's scripts do. */
export const register = ["-r", path.join(root, "cli/lib/register.js")];

/** The program that npx starts. */
export const bin = path.join(root, "cli/spotify-lake.js");

/** What a command printed, and its exit code. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command in this process, with nothing of its environment but the PATH, and without a terminal. */
export function run(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
  more: Partial<Surroundings> = {},
): Promise<Outcome> {
  return captured((around) => runCommand([command, ...args], { ...around, ...more }), cleanEnv(env));
}

/** Gives `use` surroundings that keep what is printed. The SDK finds the `AWS_` variables of `env` meanwhile. */
export async function captured(
  use: (around: Surroundings) => Promise<number>,
  env: NodeJS.ProcessEnv,
): Promise<Outcome> {
  const outcome = { code: 0, stdout: "", stderr: "" };
  const stdout = { write: (text: string) => (outcome.stdout += text) };
  const stderr = { write: (text: string) => (outcome.stderr += text) };
  const before = { ...process.env };
  const forSdk = Object.entries(env).filter(([name]) => name.startsWith("AWS_"));
  Object.assign(process.env, Object.fromEntries(forSdk));
  try {
    outcome.code = await use({ stdout, stderr, env, dir: root });
  } finally {
    for (const [name] of forSdk) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
  return outcome;
}

/** Runs a command as npx would, in a process of its own. */
export function spawned(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd: root, env: cleanEnv(env) }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}

/** Empty credentials, so that a sign-in in .env.local stays out of it. */
function cleanEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const signedOut = { SPOTIFY_CLIENT_ID: "", SPOTIFY_CLIENT_SECRET: "", SPOTIFY_REFRESH_TOKEN: "" };
  return { PATH: process.env.PATH, HOME: os.homedir(), ...signedOut, ...env };
}
