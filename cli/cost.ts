import { jsonOption, keyValue, wholeNumber, type CommandModule } from "./lib/command";

const fromOne = wholeNumber(1, 1_000_000, "It must be a whole number from 1 up.");
const fromZero = wholeNumber(0, 10_000_000, "It must be a whole number.");

export const cost: CommandModule = {
  name: "cost",
  description: "Estimates what a stack costs a month on AWS, line by line.",
  define: (command) =>
    command
      .option(
        "--stack <name>",
        "the settings and, where CloudWatch has them, the counts of this Pulumi stack",
      )
      .option(
        "--set <key=value>",
        "a setting of Pulumi.yaml, such as crawlerSchedule=weekly (repeatable)",
        keyValue("It must be key=value, such as crawlerSchedule=weekly."),
      )
      .option("--listeners <n>", "number of listeners (default: those in the settings)", fromOne)
      .option("--months <n>", "months of data that are kept", fromOne, 12)
      .option("--queries <n>", "queries in Athena a month", fromZero, 300)
      .option(...jsonOption)
      .addHelpText(
        "after",
        `
Without --stack the counts are those of the embedded cloud: "npm run bench -- cost --days 1" measures them.
Prices are those of us-east-1, without taxes; cli/cost/prices.ts has each with its page and the month it was seen.`,
      ),
  load: () => (require("./cost/run") as typeof import("./cost/run")).runCost,
};
