import * as path from "node:path";
import { holdFolder, readLake } from "../../cloud/localState";
import { envFile, loadEnvFile } from "../login/env-file";
import { writeFolderReport } from "../report/write";
import { notSignedIn } from "./realData";
import type { Report, WithCounts } from "./report";
import { credentialsFrom } from "./credentials";
import type { Io } from "./io";
import type { Credentials } from "./localProgram";
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

/** Stands in for an account where nothing is to be read from Spotify; long enough for the cache of evaluated programs. */
export const nobody = {
  clientId: "nobodys-client-id",
  clientSecret: "nobodys-client-secret",
  refreshToken: "",
};

/**
 * Returns the account that reads what is to be read into the folder `out`, or a stand-in if nobody is signed in and
 * nothing is to be read (`asks` is false). Throws a `UserError` if somebody has to sign in.
 */
export function accountFor(out: string, asks: boolean, io: Io): Credentials {
  const account = signedInAccount(io) ?? (asks ? undefined : nobody);
  if (!account) throw notSignedIn(out);
  return account;
}

/**
 * Uses the local cloud of the folder `out` at the moment where its time stands, and makes its report anew. Throws a
 * `UserError` if there is no lake in it, or it holds a real account's data and nobody is signed in, though `asks` says
 * that Spotify is asked.
 */
export async function useLake(out: string, quiet: boolean, io: Io, use: Use, asks = true): Promise<Report> {
  const { source, now } = readLake(out);
  const credentials = source === "spotify" ? accountFor(out, asks, io) : undefined;
  const options = { out, from: now, settings: {}, credentials, ...reporting(io, quiet) };
  const draw: WithCounts = (lake, counted, progress) => writeFolderReport(out, lake, counted, progress);
  return holdFolder(out, () => useLocalCloud(options, use, draw));
}
