import { outOption, type CommandModule } from "./lib/command";

export const shell: CommandModule = {
  name: "shell",
  description: "Reads statements and names of queries line by line, and answers each from the local lake.",
  define: (command) =>
    command
      .option("--wide", "print tables wider than the terminal instead of cutting them", false)
      .option(...outOption)
      .option("--json", "print each answer as one line of JSON", false)
      .addHelpText(
        "after",
        `
A statement ends with ";", a query's name with the line. Tab completes names of queries, tables and columns; the arrow
keys bring earlier lines back (kept in ~/.spotify_lake_history). Ctrl-C drops what is typed, Ctrl-D ends. Without a
terminal it reads all of its input and ends with exit code 1 if a statement failed:

  echo "select count(*) as n from tracks;" | npx spotify-lake shell --json`,
      ),
  load: () => (require("./shell/run") as typeof import("./shell/run")).runShell,
};
