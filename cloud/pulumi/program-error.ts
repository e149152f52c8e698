import { UserError } from "../errors";
import type { Exit } from "./child";

/**
 * Why a program failed, in its own words and without a stack trace.
 * @param errors What the program logged as errors, first one first.
 */
export function programError(errors: string[], exit: Exit): UserError {
  const details = [...errors, exit.stderr].join("\n");
  return new UserError(errors[0] ? sentence(errors[0]) : silentEnd(exit), { cause: new Error(details) });
}

/** What is left of a logged error without its frame (`Running program … failed …`) and its stack. */
function sentence(message: string): string {
  const [, unhandled] =
    /^Running program '.*' failed with an unhandled exception:\n(.*)$/s.exec(message) ?? [];
  if (unhandled === undefined) return message;
  const [withoutStack] = unhandled.split(/\n\s+at /);
  return withoutStack!.replace(/^(<ref \*\d+> )?\[?(Error: )?/, "").trim();
}

function silentEnd({ code, signal, stderr }: Exit): string {
  if (signal) return `The Pulumi program was ended by ${signal}.`;
  if (/promises were still active/i.test(stderr)) {
    return (
      "The Pulumi program ended while values were still awaited: " +
      "something waits for itself, such as a callback that captures an output of its own function."
    );
  }
  return `The Pulumi program ended early, with exit code ${code}. ${stderr}`.trim();
}
