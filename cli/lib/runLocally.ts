import { credentialsFrom } from "./credentials";
import { UserError } from "../../cloud/errors";
import { readFolder, takeFolder } from "../../cloud/localState";
import { loadEnvFile } from "../login/env-file";
import { runPipeline, type RunOptions } from "./run";
import type { Report } from "./summary";

/**
 * Has the local cloud of the folder `out` do something at the moment where its time stands. Throws a `UserError` if
 * there is no lake in it, or it holds a real account's data and nobody is signed in.
 */
export async function runHere(
  out: string,
  quiet: boolean,
  task: Pick<RunOptions, "first" | "work">,
): Promise<Report> {
  const folder = readFolder(out);
  if (!folder) throw new UserError(`There is no lake in ${out} yet; make one with npm start.`);
  loadEnvFile();
  const credentials = folder.source === "spotify" ? credentialsFrom(process.env) : undefined;
  if (folder.source === "spotify" && !credentials)
    throw new UserError(`${out} holds a real account's data; sign in with npm run login.`);
  takeFolder(out, false);
  return runPipeline({ days: 0, from: folder.now, settings: {}, out, quiet, credentials, ...task });
}
