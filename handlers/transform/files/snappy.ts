/**
 * Snappy compression: https://github.com/google/snappy/blob/main/format_description.txt
 *
 * hyparquet-writer's gives the same bytes, but takes three times as long: it writes each byte through a function.
 */

const greatestOffset = 0xffff;
const tableBits = 14;
/** Where the four bytes of each hash were seen last. */
const table = new Uint32Array(2 ** tableBits);

/** Written by one compression after the other. */
let output = new Uint8Array(0);

/** Returns compressed bytes, which are valid until the next call. */
export function snappyCompress(input: Uint8Array): Uint8Array {
  const most = 32 + input.length + Math.ceil(input.length / 6);
  if (output.length < most) output = new Uint8Array(most);
  let end = 0;
  let left = input.length;
  for (; left > 0x7f; left >>>= 7) output[end++] = (left & 0x7f) | 0x80;
  output[end++] = left;
  return output.subarray(0, compress(input, end));
}

/** Compresses into `output`, from `to` on, and returns where the bytes end. */
function compress(input: Uint8Array, to: number): number {
  const { length } = input;
  const shift = 32 - Math.max(1, Math.min(tableBits, 31 - Math.clz32(length)));
  const lastStart = length - 15;
  table.fill(0, 0, 2 ** (32 - shift));
  /** From here on, nothing was written. */
  let waiting = 0;
  let at = 1;
  while (at <= lastStart) {
    // Looks at every byte first, and at ever fewer where nothing repeats.
    let [skip, next] = [32, at];
    let candidate: number;
    do {
      at = next;
      next = at + (skip >>> 5);
      skip += 1;
      if (at > lastStart) return literal(input, waiting, length, to);
      const hash = hashAt(input, at, shift);
      candidate = table[hash]!;
      table[hash] = at;
    } while (at - candidate > greatestOffset || !isSame(input, at, candidate));
    to = literal(input, waiting, at, to);
    do {
      const start = at;
      at += 4;
      for (let from = candidate + 4; at < length && input[at] === input[from]; from += 1) at += 1;
      to = copies(start - candidate, at - start, to);
      waiting = at;
      if (at >= lastStart) return literal(input, waiting, length, to);
      table[hashAt(input, at - 1, shift)] = at - 1;
      const hash = hashAt(input, at, shift);
      candidate = table[hash]!;
      table[hash] = at;
    } while (at - candidate <= greatestOffset && isSame(input, at, candidate));
    at += 1;
  }
  return literal(input, waiting, length, to);
}

/** Writes input from `start` to before `end` as it is. */
function literal(input: Uint8Array, start: number, end: number, to: number): number {
  const most = end - start - 1;
  if (most < 0) return to;
  const bytes = most < 60 ? 0 : most < 0x100 ? 1 : most < 0x10000 ? 2 : most < 0x1000000 ? 3 : 4;
  output[to++] = (bytes === 0 ? most : 59 + bytes) << 2;
  for (let byte = 0; byte < bytes; byte += 1) output[to++] = most >>> (8 * byte);
  if (most > 100) {
    output.set(input.subarray(start, end), to);
    return to + end - start;
  }
  for (let at = start; at < end; at += 1) output[to++] = input[at]!;
  return to;
}

/** Writes that `size` bytes are those that stand `offset` before. */
function copies(offset: number, size: number, to: number): number {
  let left = size;
  for (; left >= 68; left -= 64) to = copy(offset, 64, to);
  if (left > 64) {
    to = copy(offset, 60, to);
    left -= 60;
  }
  return copy(offset, left, to);
}

/** Writes one copy of 64 bytes at most. */
function copy(offset: number, size: number, to: number): number {
  if (size < 12 && offset < 2048) {
    output[to] = 1 + ((size - 4) << 2) + ((offset >>> 8) << 5);
    output[to + 1] = offset;
    return to + 2;
  }
  output[to] = 2 + ((size - 1) << 2);
  output[to + 1] = offset;
  output[to + 2] = offset >>> 8;
  return to + 3;
}

function hashAt(input: Uint8Array, at: number, shift: number): number {
  return Math.imul(fourBytes(input, at), 0x1e35a7bd) >>> shift;
}

function isSame(input: Uint8Array, left: number, right: number): boolean {
  return fourBytes(input, left) === fourBytes(input, right);
}

function fourBytes(input: Uint8Array, at: number): number {
  return input[at]! | (input[at + 1]! << 8) | (input[at + 2]! << 16) | (input[at + 3]! << 24);
}
