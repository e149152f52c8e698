import { jsonOption, outOption, type CommandModule } from "./lib/command";

export const forget: CommandModule = {
  name: "forget",
  description: "Deletes all data of a listener, old versions included.",
  define: (command) =>
    command
      .requiredOption("--listener <name>", "whose data to delete")
      .option("--stack <name>", "delete it in this Pulumi stack (default: on this machine)")
      .option(...outOption)
      .option("--yes", "do not ask")
      .option(...jsonOption),
  load: () => (require("./forget/run") as typeof import("./forget/run")).runForget,
};
