import type { Command } from "commander";
import { version } from "../package.json";
import { commands } from "./commands";
import type { Surroundings } from "./lib/io";
import { runProcess, runProgram, type Attach } from "./lib/program";

function spotifyLake(cli: Command, attach: Attach): void {
  cli
    .name("npx spotify-lake")
    .description("A listener's Spotify data in a lake they own, on AWS or on this machine.")
    .version(version, "--version", "show the version")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 failed or wrong arguments, 130 stopped. DEBUG=1 shows stack traces and functions' logs.",
    );
  for (const module of commands) attach(cli.command(module.name), module);
}

/** Runs a command in this process and returns its exit code. It leaves no handler and no lock behind. */
export function runCommand(args: string[], around: Surroundings): Promise<number> {
  return runProgram(args, around, spotifyLake);
}

/** Runs the command that this process was started with. */
export function main(): Promise<void> {
  return runProcess(spotifyLake);
}
