import { WriteStream } from "node:tty";
import { styleText } from "node:util";

const formats = { heading: "bold", good: "green", bad: "red", warning: "yellow", hint: "dim" } as const;

/** What a piece of text is to its reader. The words say the same: a look only makes them quicker to find. */
export type Look = keyof typeof formats;

/** Returns text with the look of what it is. */
export type Paint = (look: Look, text: string) => string;

/** Leaves text as it is. */
export const plain: Paint = (_look, text) => text;

/**
 * Returns how text is painted on an output: not at all if it is no terminal, if its terminal has no colours, or if
 * NO_COLOR is not empty (https://no-color.org). FORCE_COLOR paints without a terminal, too, as Node's own output does.
 */
export function paintFor({ isTTY }: { isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  if (env.NO_COLOR || (!isTTY && env.FORCE_COLOR === undefined)) return plain;
  // To Node an empty NO_COLOR is one.
  if (WriteStream.prototype.getColorDepth({ ...env, NO_COLOR: undefined }) === 1) return plain;
  return (look, text) => (text === "" ? text : styleText(formats[look], text, { validateStream: false }));
}
