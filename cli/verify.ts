import { jsonOption, outOption, type CommandModule } from "./lib/command";

export const verify: CommandModule = {
  name: "verify",
  description: "Compares the lake with what raw makes of it, and prints what differs.",
  define: (command) =>
    command
      .option("--stack <name>", "verify this Pulumi stack (default: this machine)")
      .option(...outOption)
      .option(...jsonOption),
  load: () => (require("./verify/run") as typeof import("./verify/run")).runVerify,
};
