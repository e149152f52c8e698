import { command, main } from "./lib/command";
import { runHere } from "./lib/runLocally";
import { visibleLines } from "./lib/visible-text";
import { printRun, runExtractOf } from "./stack/stack-extract";

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

/** Reads it with the local cloud. */
async function rereadHere({ container, listener, out, json }: Flags): Promise<void> {
  const first = { container, ...(listener !== undefined && { listener }) };
  const { json: report, failures } = await runHere(out, json, { first });
  for (const { error } of failures) console.error(visibleLines(error.errorMessage));
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
