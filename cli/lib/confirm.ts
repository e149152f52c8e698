import { UserError } from "../../cloud/errors";
import type { Io } from "./io";

/** What a person is asked before something is done that cannot be undone. */
interface Question {
  /** What is at stake, in a sentence. */
  warning: string;
  /** What `--yes` does, such as "delete it". */
  action: string;
  /** The word to type. */
  word: string;
  /** What can be done instead of `--yes`, as the end of a sentence. */
  instead?: string;
}

/** Asks a person to go on. Throws a `UserError` if they do not, or if there is nobody to ask. */
export async function confirm({ warning, action, word, instead }: Question, { ask }: Io): Promise<void> {
  if (!ask) {
    const other = instead === undefined ? "" : `, or ${instead}`;
    throw new UserError(`${warning} Without a terminal nobody can be asked; add --yes to ${action}${other}.`);
  }
  const answer = await ask(`${warning} Type ${word} to ${action}`);
  if (answer !== word) throw new UserError("Nothing was changed.");
}
