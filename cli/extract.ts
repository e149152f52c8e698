import type { CommandModule } from "./lib/command";

export const extract: CommandModule = {
  name: "extract",
  description: "Runs the extract of a deployed stack now.",
  define: (command) =>
    command
      .requiredOption("--stack <name>", "the Pulumi stack, such as dev")
      .option("--full", "read everything again, over several days if the daily budget requires it")
      .option("--json", "print the function's answer as one line of JSON"),
  load: () => (require("./stack/stack-extract") as typeof import("./stack/stack-extract")).runExtract,
};
