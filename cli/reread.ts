import { jsonOption, outOption, type CommandModule } from "./lib/command";

export const reread: CommandModule = {
  name: "reread",
  description: "Reads one container again, changed or not: a playlist, a library, a list.",
  define: (command) =>
    command
      .requiredOption(
        "--container <id>",
        "a playlist's id, saved_tracks, tracks:short_term …, as in container_reads",
      )
      .option("--listener <name>", "whose container it is (default: every listener's who has it)")
      .option("--stack <name>", "read it in this Pulumi stack (default: on this machine)")
      .option(...outOption)
      .option(...jsonOption),
  load: () => (require("./reread/run") as typeof import("./reread/run")).runReread,
};
