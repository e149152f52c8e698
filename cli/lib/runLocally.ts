import * as path from "node:path";
import { holdFolder, readLake } from "../../cloud/localState";
import { envFile, loadEnvFile } from "../login/env-file";
import { notSignedIn } from "./realData";
import type { Report } from "./report";
import { credentialsFrom } from "./credentials";
import type { Io } from "./io";
import { useLocalCloud, type LocalOptions, type Use } from "./run";

/** Returns how a local cloud reports to a command. `quiet` shows no progress. */
export function reporting(io: Io, quiet: boolean): Pick<LocalOptions, "progress" | "env" | "debug"> {
  return { progress: io.progress(quiet), env: io.env, debug: io.debug };
}

/** Returns the account that the environment or .env.local names, or undefined. .env.local is added to `env`. */
export function signedInAccount({ env, dir }: Pick<Io, "env" | "dir">): LocalOptions["credentials"] {
  loadEnvFile(path.join(dir, envFile), env);
  return credentialsFrom(env);
}

/**
 * Uses the local cloud of the folder `out` at the moment where its time stands. Throws a `UserError` if there is no
 * lake in it, or it holds a real account's data and nobody is signed in.
 */
export async function useLake(out: string, quiet: boolean, io: Io, use: Use): Promise<Report> {
  const { source, now } = readLake(out);
  const account = signedInAccount(io);
  if (source === "spotify" && !account) throw notSignedIn(out);
  const credentials = source === "spotify" ? account : undefined;
  const options = { out, from: now, settings: {}, credentials, ...reporting(io, quiet) };
  return holdFolder(out, () => useLocalCloud(options, use));
}
