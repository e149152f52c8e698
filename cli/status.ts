import { jsonOption, outOption, type CommandModule } from "./lib/command";

export const status: CommandModule = {
  name: "status",
  description:
    "Says how a lake stands: its runs, calls, gaps, failures, months, sign-ins, and what to do first.",
  define: (command) =>
    command
      .option("--stack <name>", "a deployed stack instead of the lake on this machine")
      .option(...outOption)
      .option(...jsonOption)
      .addHelpText(
        "after",
        `
It changes nothing. For a stack it asks Athena three questions and says what they cost.`,
      ),
  load: () => (require("./status/run") as typeof import("./status/run")).runStatus,
};
