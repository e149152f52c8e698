import * as s3 from "@aws-sdk/client-s3";
import { s3Store } from "../handlers/shared/s3Store";
import type { Store } from "../handlers/shared/store";
import { command, main } from "./lib/command";
import { credentialsFrom } from "./lib/credentials";
import { UserError } from "../cloud/errors";
import { readFolder, takeFolder } from "../cloud/localState";
import { openExport, type HistoryExport } from "./import/export-files";
import { importFile, type FileReport } from "./import/history-file";
import { loadEnvFile } from "./login/env-file";
import { Progress } from "./lib/progress";
import { runPipeline } from "./lib/run";
import { visibleLines } from "./lib/visible-text";
import { listenerOf, notDeployed, stackConfig, stackOutputs, stackRegion } from "./stack/stack";
import { importProblems, importSummary } from "./import/report";

const cli = command(
  "import",
  "Imports the streaming history that Spotify sends on request, as plays of a listener.",
)
  .argument("<export>", "the zip, the folder of its files, or one of them")
  .option("--listener <name>", "whose history it is (default: the first listener)")
  .option("--stack <name>", "import into this Pulumi stack (default: on this machine)")
  .option("--out <dir>", "folder of the local cloud", ".local")
  .option("--keep-private", "keep IP addresses, user agents and user names in the raw objects", false)
  .option("--json", "print one line of JSON", false)
  .addHelpText(
    "after",
    `
Ask for your extended streaming history at https://www.spotify.com/account/privacy/; it takes Spotify up to 30 days.
Importing a file again changes nothing, and a play that several files hold counts once.`,
  );

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
): Promise<FileReport[]> {
  const progress = new Progress(flags.json);
  const reports: FileReport[] = [];
  for (const file of files) {
    progress.stage(`Reading ${file.name}`);
    const onProgress = (name: string, bytes: number) => {
      progress.stage(`Reading ${name}, ${Math.floor((50 * bytes) / Math.max(1, file.size))} %`);
    };
    reports.push(await importFile(file, { store, listener, keepPrivate: flags.keepPrivate, onProgress }));
  }
  progress.done();
  return reports;
}

/** Imports into the local cloud; a new folder holds nothing but what is imported, until a listener signs in. */
async function importHere(files: HistoryExport, flags: Flags): Promise<Imported> {
  const { out, listener = "me", json } = flags;
  if (!/^[a-z0-9_]{1,32}$/.test(listener))
    throw new UserError(`${listener} is no listener's name; those are made of a-z, 0-9 and _, 32 at most.`);
  const folder = readFolder(out);
  loadEnvFile();
  const nobody = { clientId: "none", clientSecret: "none", refreshToken: "" };
  const isSimulated = folder?.source === "simulated";
  takeFolder(out, false);
  let reports: FileReport[] = [];
  const { json: report, failures } = await runPipeline({
    days: 0,
    from: folder?.now ?? Date.now(),
    settings: {},
    out,
    quiet: json,
    land: async (raw) => {
      reports = await landAll(files, raw, listener, flags);
    },
    credentials: isSimulated ? undefined : (credentialsFrom(process.env) ?? nobody),
  });
  for (const { error } of failures) console.error(visibleLines(error.errorMessage));
  return { listener, files: reports, failures: report.failures };
}

async function importInto(stack: string, files: HistoryExport, flags: Flags): Promise<Imported> {
  const here = { env: process.env, dir: process.cwd() };
  const listener = listenerOf(stack, await stackConfig(stack, here), flags.listener);
  const { rawBucketName } = await stackOutputs(stack, here);
  if (!rawBucketName) throw notDeployed(stack, "bucket");
  const client = new s3.S3Client({ region: await stackRegion(stack, here) });
  const reports = await landAll(files, s3Store(client, rawBucketName), listener, flags);
  return { listener, files: reports, failures: 0 };
}

main(async () => {
  cli.parse();
  const flags = cli.opts<Flags>();
  const files = await openExport(cli.args[0]!);
  try {
    const done =
      flags.stack === undefined
        ? await importHere(files, flags)
        : await importInto(flags.stack, files, flags);
    console.log(flags.json ? JSON.stringify(done) : importSummary(done.files, done.listener));
    for (const sentence of [...files.unread, ...importProblems(done.files)])
      console.error(visibleLines(sentence));
    if (done.files.some(({ error }) => error !== null) || done.failures > 0) process.exitCode = 1;
  } finally {
    files.close();
  }
});
