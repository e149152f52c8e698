import { execFile } from "node:child_process";
import * as os from "node:os";
import * as path from "node:path";

/** The project's folder. */
export const root = path.join(__dirname, "../..");

/** How Node is told to load TypeScript, as package.json's scripts do. */
export const register = ["-r", path.join(root, "cli/lib/register.js")];

/** What became of a command. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command of ours as npm would. */
export function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const script = [...register, path.join(root, "cli", `${command}.ts`), ...args];
  // Empty, so that a sign-in in .env.local stays out of it.
  const signedOut = { SPOTIFY_CLIENT_ID: "", SPOTIFY_CLIENT_SECRET: "", SPOTIFY_REFRESH_TOKEN: "" };
  const clean = { PATH: process.env.PATH, HOME: os.homedir(), ...signedOut, ...env };
  return new Promise((resolve) => {
    execFile(process.execPath, script, { cwd: root, env: clean }, (error, stdout, stderr) =>
      resolve({
        code: error ? Number(error.code ?? 1) : 0,
        stdout,
        stderr,
      }),
    );
  });
}
