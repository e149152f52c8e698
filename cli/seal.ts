import { jsonOption, outOption, type CommandModule } from "./lib/command";

export const seal: CommandModule = {
  name: "seal",
  description: "Seals the parts of months that are over: one file per table, listener and stream.",
  define: (command) =>
    command
      .option("--stack <name>", "do it in this Pulumi stack (default: on this machine)")
      .option(...outOption)
      .option(...jsonOption)
      .addHelpText(
        "after",
        "\nA rule does this daily. It may be stopped and run again, and everything else may run meanwhile.",
      ),
  load: () => (require("./seal/run") as typeof import("./seal/run")).runSeal,
};
