import { Option } from "commander";
import { keyValue, outOption, wholeNumber, type CommandModule } from "./lib/command";

const rows = wholeNumber(1, 999_999_999, "It must be a whole number from 1 up.");

export const query: CommandModule = {
  name: "query",
  description: "Lists the named queries, or runs one (or a SQL statement) on the local lake or on Athena.",
  define: (command) =>
    command
      .argument("[query]", "name of a named query, or a statement in quotes")
      .option(
        "--param <name=value>",
        "a value for a named query, such as days=28 (repeatable)",
        keyValue("It must be name=value, such as days=28."),
      )
      .option("--describe", "print a named query's question, parameters, columns and SQL")
      .option("--aws", "ask Athena, in the workgroup of --stack")
      .option("--stack <name>", "the Pulumi stack to ask with --aws")
      .addOption(new Option("--csv", "print CSV for spreadsheets (RFC 4180)").conflicts("json"))
      .option("--json", "print one JSON object")
      .option("--limit <n>", "print this many rows at most", rows)
      .option("--to <file>", "write the answer to a file: CSV or JSON by its ending, else a table")
      .option("--wide", "print tables wider than the terminal instead of cutting them")
      .option(...outOption)
      .addHelpText(
        "after",
        `
Examples:
  npx spotify-lake query
  npx spotify-lake query top_artists --csv > top.csv
  npx spotify-lake query top_artists --aws --stack dev
  npx spotify-lake query "select count(*) as n from tracks" --json

In a simulated lake the default of a date is the last simulated day.`,
      ),
  load: () => (require("./query/run") as typeof import("./query/run")).runQuery,
};
