import { awsSentence, oneLine } from "../lib/awsFailure";

/** What was found out about one point. */
interface Finding {
  result: "pass" | "fail" | "not checked";
  /** Why, in a sentence. */
  says: string;
}

/** One part of a stack, and whether it works. */
export interface Point extends Finding {
  point: string;
}

/** Returns that it works. */
export const pass = (says: string): Finding => ({ result: "pass", says });

/** Returns that it does not work. */
export const fail = (says: string): Finding => ({ result: "fail", says });

/** Returns that nobody knows. */
export const notChecked = (says: string): Finding => ({ result: "not checked", says });

/** Returns the point with what `look` finds; it fails with the message of what `look` throws. */
export async function pointOf(point: string, look: () => Finding | Promise<Finding>): Promise<Point> {
  try {
    return { point, ...(await look()) };
  } catch (error) {
    const { message, name } = error as Error;
    return { point, ...fail(awsSentence(error as Error) ?? oneLine(message || name)) };
  }
}
