/** Text for a terminal. */
import stringWidth from "string-width";

/** C0 and C1 controls, some of them commands to a terminal (ESC, CSI), and line separators. */
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Marks that turn the direction of what follows, so that text is shown in another order than it has. */
const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Most text is like this, one column a character, and needs no look at each. */
const narrow = /^[ -~…]*$/;

const clusters = new Intl.Segmenter();

/** Returns text from elsewhere on one line and without what a terminal would obey: controls become spaces. */
export function visibleText(text: string): string {
  return text.replace(controls, " ").replace(directions, "");
}

/** Returns text as {@link visibleText} does, line by line: for messages of several lines. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visibleText).join("\n");
}

/** Returns how many columns of a terminal the text takes: East Asian characters and emoji take two. */
export function displayWidth(text: string): number {
  return narrow.test(text) ? text.length : stringWidth(text);
}

/** Returns the text in at most `width` columns of a terminal; what is cut off leaves a `…`. */
export function cutText(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (narrow.test(text)) return `${text.slice(0, width - 1)}…`;
  let kept = "";
  let used = 1;
  for (const { segment } of clusters.segment(text)) {
    used += displayWidth(segment);
    if (used > width) break;
    kept += segment;
  }
  return `${kept}…`;
}
