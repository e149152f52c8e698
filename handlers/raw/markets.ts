/**
 * Leaves out the lists of markets (`available_markets`), which no table holds: in answers to apps from before 2026 they are
 * more than half of the text.
 */

/** In a text `"` is escaped, so this is always a whole text or the end of a field's name. */
const field = Buffer.from('"available_markets"');
const [colon, open, close] = [0x3a, 0x5b, 0x5d];
const elements = /^\s*(?:"[A-Z]{2}"(?:\s*,\s*"[A-Z]{2}")*\s*)?$/;

/** Returns the text of a JSON line, its lists of markets emptied. Lists of anything but country codes stay as they are. */
export function textWithoutMarkets(line: Buffer): string {
  let found = line.indexOf(field);
  if (found === -1) return line.toString("utf8");
  const kept = bufferOf(line.length);
  let [length, start] = [0, 0];
  for (; found !== -1; found = line.indexOf(field, Math.max(found + field.length, start))) {
    const begin = listAfter(line, found + field.length);
    const end = begin === -1 ? -1 : endOfMarkets(line, begin);
    if (end === -1) continue;
    length += line.copy(kept, length, start, begin);
    start = end;
  }
  length += line.copy(kept, length, start);
  return kept.toString("utf8", 0, length);
}

/** Returns where the elements of a field's list begin, whose name ends before `at`; -1 if there is no list. */
function listAfter(line: Buffer, at: number): number {
  const afterName = afterSpace(line, at);
  if (line[afterName] !== colon) return -1;
  const value = afterSpace(line, afterName + 1);
  return line[value] === open ? value + 1 : -1;
}

/** Returns the first place from `at` on that is no white space. */
function afterSpace(line: Buffer, at: number): number {
  let place = at;
  while (line[place] === 0x20 || line[place] === 0x09 || line[place] === 0x0d) place += 1;
  return place;
}

/** The last list that was found, from its first element to its end: the next one is often the same. */
let known = Buffer.alloc(0);

/** Returns where a list of markets ends whose elements begin at `begin`; -1 if it has other elements. */
function endOfMarkets(line: Buffer, begin: number): number {
  const knownEnd = begin + known.length;
  if (
    known.length > 0 &&
    knownEnd <= line.length &&
    line.compare(known, 0, known.length, begin, knownEnd) === 0
  )
    return knownEnd - 1;
  const end = line.indexOf(close, begin);
  if (end === -1 || !elements.test(line.toString("latin1", begin, end))) return -1;
  known = Buffer.from(line.subarray(begin, end + 1));
  return end;
}

/** Used for one line after the other. */
let buffer = Buffer.alloc(0);

function bufferOf(length: number): Buffer {
  if (buffer.length < length) buffer = Buffer.allocUnsafeSlow(length);
  return buffer;
}
