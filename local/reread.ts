import { command, main } from "./command";
import { credentialsFrom } from "./credentials";
import { UserError } from "./errors";
import { readFolder, takeFolder } from "./folder";
import { loadEnvFile } from "./login/env-file";
import { runPipeline } from "./run";
import { printRun, runExtractOf } from "./stack-extract";

const cli = command(
  "reread",
  "Reads one container again, whatever is known of it: a playlist, a library, a list.",
)
  .requiredOption(
    "--container <id>",
    "a playlist's id, saved_tracks, tracks:short_term …, as in container_reads",
  )
  .option("--listener <name>", "whose container it is (default: everybody's who has it)")
  .option("--stack <name>", "read it in this Pulumi stack (default: on this machine)")
  .option("--out <dir>", "folder of the local cloud", ".local")
  .option("--json", "print one line of JSON", false);

interface Flags {
  container: string;
  listener?: string;
  stack?: string;
  out: string;
  json: boolean;
}

/** Reads it with the local cloud, at the moment where its time stands. */
async function rereadHere({ container, listener, out, json }: Flags): Promise<void> {
  const folder = readFolder(out);
  if (!folder) throw new UserError(`There is no lake in ${out} yet; make one with npm start.`);
  loadEnvFile();
  const credentials = folder.source === "spotify" ? credentialsFrom(process.env) : undefined;
  if (folder.source === "spotify" && !credentials)
    throw new UserError(`${out} holds a real account's data; sign in with npm run login.`);
  takeFolder(out, false);
  const { json: report, failures } = await runPipeline({
    days: 0,
    from: folder.now,
    settings: { tableFormat: folder.manifest.tableFormat },
    out,
    quiet: json,
    first: { container, ...(listener !== undefined && { listener }) },
    credentials,
  });
  for (const { error } of failures) console.error(error.errorMessage);
  if (report.failures > 0) process.exitCode = 1;
  const runs = report.failures > 0 ? [] : report.days;
  if (json) console.log(JSON.stringify({ container, runs, failures: report.failures }));
  else for (const { listener: of, status, calls } of runs) console.log(`${of}: ${status}, ${calls} calls.`);
}

main(async () => {
  cli.parse();
  const flags = cli.opts<Flags>();
  const { stack, container, listener, json } = flags;
  if (stack === undefined) await rereadHere(flags);
  else printRun(await runExtractOf(stack, { container, ...(listener !== undefined && { listener }) }), json);
});
