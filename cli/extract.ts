import { command, main } from "./lib/command";
import { printRun, runExtractOf } from "./stack/stack-extract";

const cli = command("extract", "Runs the extract of a deployed stack now, without waiting for its schedule.")
  .requiredOption("--stack <name>", "the Pulumi stack, such as dev")
  .option(
    "--full",
    "read everything again, whatever is known; over several days if the budget wants it",
    false,
  )
  .option("--json", "print the run's own answer as one line of JSON", false);

main(async () => {
  cli.parse();
  const { stack, full, json } = cli.opts<{ stack: string; full: boolean; json: boolean }>();
  printRun(await runExtractOf(stack, full ? { full } : {}), json);
});
