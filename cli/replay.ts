import { jsonOption, oneOf, outOption, utcDay, type CommandModule } from "./lib/command";

export const replay: CommandModule = {
  name: "replay",
  description: "Builds table files again from raw, wherever they are not what this program makes.",
  define: (command) =>
    command
      .option("--from <date>", "first day, yyyy-mm-dd (default: the first there is)", utcDay)
      .option("--to <date>", "last day, yyyy-mm-dd (default: the last there is)", utcDay)
      .option("--stream <name>", "one stream, such as saved_tracks, playlist or playlist:ID (default: all)")
      .option("--listener <name>", "one listener (default: all)")
      .option("--stack <name>", "do it in this Pulumi stack (default: on this machine)")
      .option(...outOption)
      .option(
        "--format <format>",
        "on this machine, the format of a new generation: csv or parquet (default: as before)",
        oneOf("csv", "parquet"),
      )
      .option(...jsonOption)
      .addHelpText(
        "after",
        "\nFiles that are up to date stay, so a replay that was stopped can be run again. Extract and transform may run\nmeanwhile.",
      ),
  load: () => (require("./replay/run") as typeof import("./replay/run")).runReplay,
};
