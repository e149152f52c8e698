import { jsonOption, outOption, type CommandModule } from "./lib/command";

export const crawl: CommandModule = {
  name: "crawl",
  description:
    "Runs the crawlers now: lake registers missing partitions, raw finds the shapes of Spotify's answers.",
  define: (command) =>
    command
      .argument("[crawler]", "lake or raw (default: both)")
      .option("--stack <name>", "run those of this Pulumi stack (default: on this machine)")
      .option(...outOption)
      .option(...jsonOption)
      .addHelpText(
        "after",
        "\nOn AWS a crawl takes a minute or two and costs about $0.15 (Glue bills ten minutes at least).",
      ),
  load: () => (require("./crawl/run") as typeof import("./crawl/run")).runCrawl,
};
