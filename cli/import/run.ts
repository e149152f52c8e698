import * as s3 from "@aws-sdk/client-s3";
import { s3Store, type Store } from "../../handlers/shared/store";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import type { Progress } from "../lib/progress";
import { UserError } from "../../cloud/errors";
import { holdFolder, readFolder } from "../../cloud/localState";
import { openExport, type HistoryExport } from "./export-files";
import { importFile, type FileReport } from "./history-file";
import { useLocalCloud } from "../lib/run";
import { reporting, signedInAccount } from "../lib/runLocally";
import { listenerOf, notDeployed, stackConfig, stackOutputs, stackRegion } from "../stack/stack";
import { textTable } from "../lib/text-table";

interface Flags {
  listener?: string;
  stack?: string;
  out: string;
  keepPrivate: boolean;
  json: boolean;
}

/** What came of an import; `failures` counts events that transform failed on, which a stack handles by itself. */
interface Imported {
  listener: string;
  files: FileReport[];
  failures: number;
}

/** Lands all files, one by one. */
async function landAll(
  { files }: HistoryExport,
  store: Store,
  listener: string,
  flags: Flags,
  progress: Progress,
): Promise<FileReport[]> {
  const reports: FileReport[] = [];
  for (const file of files) {
    progress.stage(`Reading ${file.name}`);
    const onProgress = (name: string, bytes: number) => {
      progress.stage(`Reading ${name}, ${Math.floor((50 * bytes) / Math.max(1, file.size))} %`);
    };
    reports.push(await importFile(file, { store, listener, keepPrivate: flags.keepPrivate, onProgress }));
  }
  return reports;
}

/** Imports into the local cloud; a new folder holds nothing but what is imported, until a listener signs in. */
async function importHere(files: HistoryExport, flags: Flags, io: Io): Promise<Imported> {
  const { out, listener = "me", json } = flags;
  if (!/^[a-z0-9_]{1,32}$/.test(listener))
    throw new UserError(`${listener} is no listener's name; those are made of a-z, 0-9 and _, 32 at most.`);
  const folder = readFolder(out);
  const nobody = { clientId: "none", clientSecret: "none", refreshToken: "" };
  const account = signedInAccount(io) ?? nobody;
  const credentials = folder?.source === "simulated" ? undefined : account;
  const options = { out, from: folder?.now ?? Date.now(), settings: {}, credentials, ...reporting(io, json) };
  let reports: FileReport[] = [];
  const run = () =>
    useLocalCloud(options, async ({ cloud, progress }) => {
      reports = await landAll(files, cloud.store("raw"), listener, flags, progress);
      progress.stage("Transforming");
    });
  const { json: report, failures } = await holdFolder(out, run);
  for (const { error } of failures) io.warn(error.errorMessage);
  return { listener, files: reports, failures: report.failures };
}

async function importInto(stack: string, files: HistoryExport, flags: Flags, io: Io): Promise<Imported> {
  const listener = listenerOf(stack, await stackConfig(stack, io), flags.listener);
  const { rawBucketName } = await stackOutputs(stack, io);
  if (!rawBucketName) throw notDeployed(stack, "bucket");
  const client = new s3.S3Client({ region: await stackRegion(stack, io) });
  const progress = io.progress(flags.json);
  const store = s3Store(s3, client, rawBucketName);
  const reports = await landAll(files, store, listener, flags, progress);
  progress.done();
  return { listener, files: reports, failures: 0 };
}

function print({ listener, files }: Imported, io: Io): void {
  const columns = ["file", "plays", "invalid", "from", "to", "new objects"];
  const rows = files.map(({ file, plays, invalid, first_played_at, last_played_at, objects }) => ({
    file,
    plays,
    invalid,
    from: first_played_at?.slice(0, 10) ?? null,
    to: last_played_at?.slice(0, 10) ?? null,
    "new objects": objects,
  }));
  io.print(textTable({ columns, rows }));
  const isNew = files.some(({ objects }) => objects > 0);
  io.print(
    isNew
      ? `The table streaming_history and the view all_plays have what ${listener} played.`
      : "All of it was imported before; nothing has changed.",
  );
}

/** Runs `import`. */
export const runImport: RunCommand = async (command, io) => {
  const flags = command.opts<Flags>();
  const { stack, json } = flags;
  const files = await openExport(command.args[0]!);
  try {
    const done = await (stack === undefined
      ? importHere(files, flags, io)
      : importInto(stack, files, flags, io));
    if (json) io.print(JSON.stringify(done));
    else print(done, io);
    const broken = done.files.filter(({ error }) => error !== null);
    for (const { file, error, plays } of broken) {
      const kept = plays > 0 ? `the ${plays} plays before it are in` : "nothing of it is in";
      io.warn(`${file}: ${error}; ${kept}.`);
    }
    return broken.length > 0 || done.failures > 0 ? 1 : 0;
  } finally {
    files.close();
  }
};
