import { Command } from "commander";
import { UserError } from "./errors";

/** A command line of ours: `npm run NAME -- …`, with `--help`. */
export function command(name: string, description: string): Command {
  return new Command(name === "start" ? "npm start --" : `npm run ${name} --`)
    .description(description)
    .helpOption("--help", "show this help")
    .showHelpAfterError(false);
}

/**
 * Runs a command's main function. What a person can mend ends with its sentence and exit code 1; anything else the
 * same, with a word on how to see more. Stack traces are for `DEBUG=1`.
 */
export function main(run: () => Promise<void>): void {
  run().catch((error: Error) => {
    console.error(error.message);
    if (process.env.DEBUG) console.error(error.stack);
    else if (!(error instanceof UserError))
      console.error("This was not expected. Run again with DEBUG=1 to see where.");
    process.exitCode ??= 1;
    // Whatever is still under way must not keep a failed command alive.
    setTimeout(() => process.exit(), 2000).unref();
  });
}
