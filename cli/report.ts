import { Option } from "commander";
import { outOption, portOption, type CommandModule } from "./lib/command";

export const report: CommandModule = {
  name: "report",
  description: "Makes the report: one page of the local lake, or of a stack's.",
  define: (command) =>
    command
      .addOption(
        new Option("--stack <name>", "the Pulumi stack whose lake is asked, through Athena").conflicts(
          "serve",
        ),
      )
      .option(
        "--to <file>",
        "the file to write (default: report.html in the folder, or report-STACK.html here)",
      )
      .option("--open", "open it in the browser")
      .addOption(
        new Option("--serve", "show it on 127.0.0.1, with a box for queries of your own").conflicts("to"),
      )
      .option(...portOption)
      .option(...outOption)
      .option("--json", "print the file, or the address with --serve, as one line of JSON")
      .addHelpText(
        "after",
        `
Examples:
  npx spotify-lake report --open
  npx spotify-lake report --stack dev
  npx spotify-lake report --serve --open

The page needs no network. docs/report.md says how to read it.`,
      ),
  load: () => (require("./report/run") as typeof import("./report/run")).runReport,
};
