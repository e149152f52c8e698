/**
 * Snappy compression: https://github.com/google/snappy/blob/main/format_description.txt. hyparquet-writer has it too, but
 * appends a byte at a time to a buffer that grows, which takes transform much longer.
 */

/** The table of positions has at most 2^14 places; the offset of a copy has 16 bits. */
const [mostTableBits, farthest] = [14, 0xffff];

/** No match begins in so many bytes at the end. */
const margin = 15;

/** The last position of each hash of four bytes; used for one input after the other. */
const positions = new Int32Array(2 ** mostTableBits);

/** Returns compressed bytes. */
export function snappyCompress(input: Uint8Array): Uint8Array {
  // As much as Snappy's own MaxCompressedLength: https://github.com/google/snappy/blob/main/snappy.cc
  const output = new Uint8Array(32 + input.length + Math.ceil(input.length / 6));
  const start = writeLength(output, input.length);
  return output.subarray(0, writeElements(input, output, start));
}

function writeLength(output: Uint8Array, length: number): number {
  let at = 0;
  let left = length;
  for (; left >= 0x80; left >>>= 7) output[at++] = left | 0x80;
  output[at++] = left;
  return at;
}

/** Writes the input as literals and copies from `start` on; returns where they end. */
function writeElements(input: Uint8Array, output: Uint8Array, start: number): number {
  const { length } = input;
  const words = new DataView(input.buffer, input.byteOffset, length);
  const shift = Math.max(32 - mostTableBits, Math.clz32(length));
  positions.fill(0, 0, 2 ** (32 - shift));
  const limit = length - margin;
  let end = start;
  /** The first byte that is not written yet. */
  let next = 0;
  /** The more bytes in a row match nothing, the more of them are left out. */
  let misses = 32;
  for (let at = 1; at < limit;) {
    const word = words.getInt32(at, true);
    const place = Math.imul(word, hashFactor) >>> shift;
    const known = positions[place]!;
    positions[place] = at;
    if (at - known > farthest || words.getInt32(known, true) !== word) {
      at += misses >>> 5;
      misses += 1;
      continue;
    }
    misses = 32;
    if (next < at) end = writeLiteral(input, next, at, output, end);
    next = endOfMatch(words, known + 4, at + 4);
    end = writeCopy(output, end, at - known, next - at);
    at = next;
    if (at < limit) positions[Math.imul(words.getInt32(at - 1, true), hashFactor) >>> shift] = at - 1;
  }
  return next < length ? writeLiteral(input, next, length, output, end) : end;
}

const hashFactor = 0x1e35a7bd;

/** Returns where the bytes from `at` on no longer equal those from `known` on. */
function endOfMatch(words: DataView, known: number, at: number): number {
  const { byteLength } = words;
  let from = known;
  let to = at;
  while (to + 4 <= byteLength && words.getInt32(from, true) === words.getInt32(to, true)) {
    from += 4;
    to += 4;
  }
  while (to < byteLength && words.getUint8(from) === words.getUint8(to)) {
    from += 1;
    to += 1;
  }
  return to;
}

function writeLiteral(
  input: Uint8Array,
  from: number,
  to: number,
  output: Uint8Array,
  start: number,
): number {
  let end = start;
  const last = to - from - 1;
  if (last < 60) output[end++] = last << 2;
  else {
    const bytes = last < 0x100 ? 1 : last < 0x10000 ? 2 : last < 0x1000000 ? 3 : 4;
    output[end++] = (59 + bytes) << 2;
    for (let byte = 0; byte < bytes; byte += 1) output[end++] = last >>> (8 * byte);
  }
  // A loop takes less for the few bytes that most literals have.
  if (last >= 100) output.set(input.subarray(from, to), end);
  else for (let at = from, place = end; at < to; at += 1, place += 1) output[place] = input[at]!;
  return end + to - from;
}

/** Writes a copy of `length` bytes, four or more. One element copies 64 at most, and must not leave fewer than four. */
function writeCopy(output: Uint8Array, start: number, offset: number, length: number): number {
  let end = start;
  let left = length;
  while (left > 64) {
    const part = left >= 68 ? 64 : 60;
    end = writeElement(output, end, offset, part);
    left -= part;
  }
  return writeElement(output, end, offset, left);
}

function writeElement(output: Uint8Array, start: number, offset: number, length: number): number {
  if (length < 12 && offset < 2048) {
    output[start] = 1 | ((length - 4) << 2) | ((offset >>> 8) << 5);
    output[start + 1] = offset;
    return start + 2;
  }
  output[start] = 2 | ((length - 1) << 2);
  output[start + 1] = offset;
  output[start + 2] = offset >>> 8;
  return start + 3;
}
