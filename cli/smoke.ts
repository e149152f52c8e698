import { jsonOption, wholeNumber, type CommandModule } from "./lib/command";

export const smoke: CommandModule = {
  name: "smoke",
  description: "Checks a deployed stack: runs it once and says of each part whether it works.",
  define: (command) =>
    command
      .requiredOption("--stack <name>", "the Pulumi stack, such as dev")
      .option("--no-crawlers", "leave the crawlers out, which cost most of it")
      .option(
        "--wait <seconds>",
        "how long rows and partitions of the run may take to arrive",
        wholeNumber(0, 3600, "It must be a whole number of seconds, 3600 at most."),
        180,
      )
      .option("--yes", "do not ask before it begins", false)
      .option(...jsonOption)
      .addHelpText(
        "after",
        `
It writes nothing but what one extract writes: raw objects, their rows and their partitions. It says what it will
spend before it begins. What cannot be seen from here is listed as not checked, with the reason.`,
      ),
  load: () => (require("./smoke/run") as typeof import("./smoke/run")).runSmoke,
};
