import type { Store } from "../../handlers/shared/store";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import type { Progress } from "../lib/progress";
import { QueueFiles } from "../../cloud/aws/queues";
import { realClock } from "../../cloud/clock";
import { UserError } from "../../cloud/errors";
import { holdFolder, readFolder, type FolderState } from "../../cloud/localState";
import { readSetting } from "../../infra/settingRules";
import { confirm } from "../lib/confirm";
import { counted } from "../lib/counted";
import { listenersIn } from "../lib/realData";
import { openExport, type HistoryExport } from "./export-files";
import { importFile, type FileReport } from "./history-file";
import { eventsLeft, runLocalCloud } from "../lib/run";
import { accountFor, reporting } from "../lib/runLocally";
import { reportOfFolder } from "../report/write";
import { listenerOf, notDeployed, stackConfig, stackOutputs, stackRegion } from "../stack/stack";
import { importProblems, importSummary } from "./report";

interface Flags {
  listener?: string;
  stack?: string;
  out: string;
  keepPrivate: boolean;
  yes: boolean;
  json: boolean;
}

/** What came of an import; `failures` counts events that transform failed on, which a stack handles by itself. */
interface Imported {
  listener: string;
  files: FileReport[];
  failures: number;
}

/** How many archives are named that were not read. */
const mostUnread = 5;

/** Imports all files, one by one. */
async function landAll(
  { files }: HistoryExport,
  store: Store,
  listener: string,
  flags: Flags,
  progress: Progress,
): Promise<FileReport[]> {
  const reports: FileReport[] = [];
  // Each file is read twice.
  const all = files.reduce((sum, { size }) => sum + 2 * size, 0);
  let before = 0;
  for (const file of files) {
    const onProgress = (name: string, bytes: number) =>
      progress.stage(`Reading ${name}`, { done: before + bytes, all });
    onProgress(file.name, 0);
    reports.push(await importFile(file, { store, listener, keepPrivate: flags.keepPrivate, onProgress }));
    before += 2 * file.size;
  }
  return reports;
}

/** Imports into the local cloud; a new folder holds nothing but what is imported, until a listener signs in. */
async function importHere(files: HistoryExport, flags: Flags, io: Io): Promise<Imported> {
  const { out, json, yes } = flags;
  const folder = readFolder(out);
  const declared = readSetting("listeners", folder?.settings?.listeners)!;
  const { listener = declared[0]! } = flags;
  if (!/^[a-z0-9_]{1,32}$/.test(listener))
    throw new UserError(`${listener} is no listener's name; those are made of a-z, 0-9 and _, 32 at most.`);
  if (folder && !yes) await confirmImport(folder, [...declared, ...listenersIn(out)], listener, out, io);
  // Events that were in flight are finished first, and one for extract reads Spotify.
  const asks = new QueueFiles(out, realClock).hasEventFor("extract");
  const credentials = folder?.source === "simulated" ? undefined : accountFor(out, asks, io);
  const reported = reporting(io, json);
  const options = { out, from: folder?.now ?? Date.now(), settings: {}, credentials, ...reported };
  let reports: FileReport[] = [];
  const run = () =>
    runLocalCloud(options, async ({ cloud, progress }) => {
      reports = await landAll(files, cloud.store("raw"), listener, flags, progress);
      progress.stage("Transforming", eventsLeft(cloud));
    });
  const { failures } = await holdFolder(out, async () => {
    const { cloud } = await run();
    if (reports.some(({ objects }) => objects > 0)) await reportOfFolder(out, reported.progress!);
    reported.progress?.done();
    return cloud;
  });
  for (const { error } of failures) io.fail(error.errorMessage);
  return { listener, files: reports, failures: failures.length };
}

/** Asks before real plays are added to simulated ones, or a listener to those that the lake has. */
async function confirmImport(
  { source }: FolderState,
  listeners: string[],
  listener: string,
  out: string,
  io: Io,
): Promise<void> {
  const question = { action: "import all the same", word: "yes" };
  if (source === "simulated") {
    const warning = `${out} holds simulated data, to which the import would add real plays.`;
    await confirm({ ...question, warning, instead: "choose another folder with --out" }, io);
  }
  if (listeners.includes(listener)) return;
  const warning = `${out} has no listener ${listener}; it has ${[...new Set(listeners)].join(", ")}.`;
  await confirm({ ...question, warning, instead: "choose another --listener or --out" }, io);
}

async function importInto(stack: string, files: HistoryExport, flags: Flags, io: Io): Promise<Imported> {
  const listener = listenerOf(stack, await stackConfig(stack, io), flags.listener);
  const { rawBucketName } = await stackOutputs(stack, io);
  if (!rawBucketName) throw notDeployed(stack, "bucket");
  // Loaded only here: an import on this machine does without.
  const { S3Client } = require("@aws-sdk/client-s3") as typeof import("@aws-sdk/client-s3");
  const { s3Store } =
    require("../../handlers/shared/s3Store") as typeof import("../../handlers/shared/s3Store");
  const client = new S3Client({ region: await stackRegion(stack, io) });
  const progress = io.progress(flags.json);
  const store = s3Store(client, rawBucketName);
  const reports = await landAll(files, store, listener, flags, progress);
  progress.done();
  return { listener, files: reports, failures: 0 };
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
    io.print(json ? JSON.stringify(done) : importSummary(done.files, done.listener, io));
    const more = files.unread.length - mostUnread;
    for (const sentence of files.unread.slice(0, mostUnread)) io.warn(sentence);
    if (more > 0) io.warn(`${counted(more, "more archive")} in it were not read.`);
    for (const sentence of importProblems(done.files)) io.warn(sentence);
    return done.files.some(({ error }) => error !== null) || done.failures > 0 ? 1 : 0;
  } finally {
    files.close();
  }
};
