import { distance } from "fastest-levenshtein";

/**
 * Returns the word that was probably meant, undefined if none is alike. Words are alike if a third of the longer one is
 * edited at most, or if one begins with the other, which has three letters at least.
 */
export function suggestion(typed: string, words: string[]): string | undefined {
  const near = words
    .map((word) => ({ word, edits: editsBetween(typed, word) }))
    .filter(({ word, edits }) => edits * 3 <= Math.max(typed.length, word.length) || isPrefix(typed, word))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.word;
}

/** Returns `; did you mean tracks?`, or a full stop if no word is alike. */
export function didYouMean(typed: string, words: string[]): string {
  const meant = suggestion(typed, words);
  return meant === undefined ? "." : `; did you mean ${meant}?`;
}

/** Two neighbours that changed places are one edit. */
function editsBetween(typed: string, word: string): number {
  const swapped = [...typed].slice(1).map((_, at) => {
    const [left, right] = [typed[at]!, typed[at + 1]!];
    return 1 + distance(typed.slice(0, at) + right + left + typed.slice(at + 2), word);
  });
  return Math.min(distance(typed, word), ...swapped);
}

function isPrefix(typed: string, word: string): boolean {
  const [shorter, longer] = typed.length < word.length ? [typed, word] : [word, typed];
  return shorter.length >= 3 && longer.startsWith(shorter);
}
