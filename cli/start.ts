import {
  keyValue,
  oneOf,
  outOption,
  portOption,
  utcDay,
  wholeNumber,
  type CommandModule,
} from "./lib/command";

const fromOne = wholeNumber(1, 999_999, "It must be a whole number from 1 up.");

export const start: CommandModule = {
  name: "start",
  description: "Runs the whole pipeline on this machine: against a simulated Spotify, or your own account.",
  define: (command) =>
    command
      .option("--days <n>", "simulated days to run", fromOne, 7)
      .option(
        "--from <date>",
        "first simulated day, yyyy-mm-dd (default: so that the last is today)",
        (text) => Date.parse(`${utcDay(text)}T00:00:00Z`),
      )
      .option("--format <format>", "format of the tables: csv or parquet", oneOf("csv", "parquet"))
      .option(
        "--set <key=value>",
        "a setting of Pulumi.yaml, such as sources=saved_tracks (repeatable); the folder keeps it",
        keyValue("It must be key=value, such as tableFormat=csv."),
      )
      .option(...outOption)
      .option("--seed <n>", "seed of the simulated library (default: 1, or the folder's)", fromOne)
      .option("--full", "first read everything again")
      .option("--fresh", "first empty the folder")
      .option("--yes", "do not ask before --fresh deletes real data")
      .option("--serve", "then show the report on 127.0.0.1, with a box for queries of your own")
      .option(...portOption)
      .option("--json", "print one JSON object as the last line")
      .option("--quiet", "print only what failed or needs attention (and --json)")
      .addHelpText(
        "after",
        `
"npm start -- OPTIONS" is the same command.

Simulated plays are read every three hours, to save time. A stack reads them hourly: --set playsSchedule=hourly.

With SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET and SPOTIFY_REFRESH_TOKEN in the environment or in .env.local
(npx spotify-lake login writes it), it reads that account: one run, today. Without a refresh token it reads only
public sources such as album:ID.

A simulated listener signs in again with each command. After six simulated months that sign-in ends, as a real one.`,
      ),
  load: () => (require("./start/run") as typeof import("./start/run")).runStart,
};
