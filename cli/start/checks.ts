/** What is checked before `start` touches a folder. */
import { generation } from "../../schemas";
import { UserError } from "../../cloud/errors";
import { commandFor } from "../../cloud/localCommand";
import type { FolderState } from "../../cloud/localState";
import { confirm } from "../lib/confirm";
import type { Io } from "../lib/io";
import { realDataIn } from "../lib/realData";

/** Asks before `--fresh` deletes what no simulation makes again. */
export async function confirmFresh(out: string, io: Io): Promise<void> {
  const found = realDataIn(out);
  if (found === undefined) return;
  const warning = `${out} holds ${found}, which --fresh deletes.`;
  const instead = "choose another folder with --out";
  await confirm({ warning, action: "delete it", word: "yes", instead }, io);
}

/** Throws a `UserError` for options that mean nothing where a real account is read. `given` are their names. */
export function refuseSimulatedOptions(given: string[], folder: FolderState | undefined): void {
  if (given.length === 0 || folder?.source === "simulated") return;
  throw new UserError(
    `--${given[0]} is for a simulated Spotify, but the environment or .env.local names a real account; leave the option out, or unset the SPOTIFY_ variables to simulate.`,
  );
}

/** Throws a `UserError` for a first day or a format other than that of the folder. */
export function refuseOtherFolder(
  out: string,
  { start, now, manifest }: FolderState,
  { from, format }: { from?: number; format?: string },
): void {
  const [first, next] = [start, now].map(dayOf);
  if (from !== undefined && from !== start && from !== now)
    throw new UserError(
      `${out} was simulated from ${first} on and continues on ${next}; leave --from out, choose another folder with --out, or start over with ${commandFor(out, "npm start", "--fresh", `--from ${dayOf(from)}`)}.`,
    );
  // A new generation may have another format.
  const isCurrent = manifest.database.endsWith(generation === 1 ? "" : `_g${generation}`);
  if (isCurrent && ["csv", "parquet"].includes(format ?? "") && format !== manifest.tableFormat)
    throw new UserError(
      `${out} holds ${manifest.tableFormat} tables; choose another folder with --out, or start over with ${commandFor(out, "npm start", "--fresh", `--format ${format}`)}.`,
    );
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
