import { Command, InvalidArgumentError } from "commander";
import { UserError } from "../../cloud/errors";
import { failedWith } from "../../cloud/s3/errors";
import { visibleLines } from "./visible-text";

/** A command line of ours: `npm run NAME -- …`, with `--help`. */
export function command(name: string, description: string): Command {
  return new Command(name === "start" ? "npm start --" : `npm run ${name} --`)
    .description(description)
    .helpOption("--help", "show this help")
    .showHelpAfterError(false);
}

/** A day as people type it, `yyyy-MM-dd`; throws commander's error, one sentence, for anything else. */
export function utcDay(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    throw new InvalidArgumentError("It must be a date such as 2026-03-01.");
  }
  return text;
}

/**
 * Runs a command's main function. What a person can mend ends with its sentence and exit code 1; anything else the
 * same, with a word on how to see more. Stack traces are for `DEBUG=1`.
 */
export function main(run: () => Promise<void>): void {
  run().catch((error: Error) => {
    const isFull = failedWith(error, "ENOSPC", "EDQUOT");
    console.error(
      isFull ? "The disk is full: free some space and give the command again." : visibleLines(error.message),
    );
    if (process.env.DEBUG) console.error(error.stack);
    else if (!(error instanceof UserError || isFull))
      console.error("This was not expected. Run again with DEBUG=1 to see where.");
    process.exitCode ??= 1;
    // Whatever is still under way must not keep a failed command alive.
    setTimeout(() => process.exit(), 2000).unref();
  });
}
