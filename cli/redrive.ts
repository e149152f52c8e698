import { jsonOption, outOption, type CommandModule } from "./lib/command";

export const redrive: CommandModule = {
  name: "redrive",
  description: "Sends failed events again, unchanged. Fix the cause first.",
  define: (command) =>
    command
      .option("--stack <name>", "those of this Pulumi stack (default: those of this machine)")
      .option(...outOption)
      .option("--dry-run", "only show them, with their ids")
      .addOption(
        command
          .createOption("--drop <id>", "remove one for good that nobody wants any more; sends nothing")
          .conflicts("dryRun"),
      )
      .option(...jsonOption),
  load: () => (require("./redrive/run") as typeof import("./redrive/run")).runRedrive,
};
