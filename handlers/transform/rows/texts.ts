/** Texts in memory as UTF-8 in large blocks of bytes: V8 has nothing to collect, and writers copy bytes. */

/** Places for texts that may come again: at first, for most days have few texts, and at most. Powers of two. */
const [fewPlaces, mostPlaces] = [2 ** 10, 2 ** 18];

/** A block has 2^20 bytes, unless one text needs more; the first one has fewer. */
const blockBits = 20;
const firstBlockSize = 2 ** 14;
const blockSize = 2 ** blockBits;
const offsetMask = blockSize - 1;

/** Bytes of a text's length, which stands before it, as in Parquet's PLAIN encoding. */
export const lengthBytes = 4;

/**
 * Texts, named by numbers: where they are. A text that comes again soon gets the number it had, one that comes again later
 * may get another: to find them all would take a table of millions of entries.
 */
export class Texts {
  private readonly blocks: Buffer[] = [];
  /** The block in which the next text begins, the number of its first byte, and how many of its bytes are used. */
  private block = Buffer.alloc(0);
  private base = 0;
  private used = 0;
  /** The number of the last text of each hash, and 1; 0 without one. */
  private recent = new Int32Array(fewPlaces);
  /** Texts that were kept. */
  private count = 0;

  /** Returns a number of a text. */
  numberOf(text: string): number {
    const { length } = text;
    // A UTF-16 unit takes three bytes at most in UTF-8.
    const most = lengthBytes + 3 * length;
    if (this.used + most > this.block.length || this.used >= blockSize) this.addBlock(most);
    const { block } = this;
    const start = this.used + lengthBytes;
    let hash = length;
    for (let at = 0; at < length; at += 1) {
      const code = text.charCodeAt(at);
      if (code >= 0x80) {
        const size = block.write(text, start);
        return this.keep(size, hashOf(block, start, start + size));
      }
      block[start + at] = code;
      hash = Math.imul(hash ^ code, hashFactor);
    }
    return this.keep(length, hash);
  }

  /** Returns the text of a number. */
  at(number: number): string {
    const block = this.blocks[number >> blockBits]!;
    const start = (number & offsetMask) + lengthBytes;
    return block.toString("utf8", start, start + sizeAt(block, number & offsetMask));
  }

  /** Returns how many bytes a text has. */
  sizeOf(number: number): number {
    return sizeAt(this.blocks[number >> blockBits]!, number & offsetMask);
  }

  /** Returns a hash of a text. */
  hashOf(number: number): number {
    const block = this.blocks[number >> blockBits]!;
    const start = (number & offsetMask) + lengthBytes;
    return hashOf(block, start, start + sizeAt(block, number & offsetMask));
  }

  /**
   * Copies the bytes of a text into `target`, which has room for them, from `place` on, and returns where they end.
   * `isWithLength`: behind their length.
   */
  copy(number: number, target: Uint8Array, place: number, isWithLength = false): number {
    const block = this.blocks[number >> blockBits]!;
    const offset = number & offsetMask;
    const end = offset + lengthBytes + sizeAt(block, offset);
    const start = isWithLength ? offset : offset + lengthBytes;
    // A loop: most texts are short.
    for (let at = start, to = place; at < end; at += 1, to += 1) target[to] = block[at]!;
    return place + end - start;
  }

  /** Returns whether two texts are equal. */
  isSame(left: number, right: number): boolean {
    return left === right || this.compare(left, right) === 0;
  }

  /** Compares two texts as `<` compares strings: by their UTF-16 units. */
  compare(left: number, right: number): number {
    const one = this.blocks[left >> blockBits]!;
    const other = this.blocks[right >> blockBits]!;
    const from = left & offsetMask;
    const offset = right & offsetMask;
    const size = sizeAt(one, from);
    const otherSize = sizeAt(other, offset);
    const end = from + lengthBytes + Math.min(size, otherSize);
    for (let at = from + lengthBytes, to = offset + lengthBytes; at < end; at += 1, to += 1) {
      const byte = one[at]!;
      const otherByte = other[to]!;
      if (byte === otherByte) continue;
      // In UTF-16, characters of four bytes (0xf0 and above) come before the last ones of three (0xee and 0xef).
      const isOtherOrder = byte >= 0xee && otherByte >= 0xee && byte >= 0xf0 !== otherByte >= 0xf0;
      return isOtherOrder ? otherByte - byte : byte - otherByte;
    }
    return size - otherSize;
  }

  /** Returns the first six bytes of a text as a number, in the order of the texts; NaN if one is not ASCII. */
  prefixOf(number: number): number {
    const block = this.blocks[number >> blockBits]!;
    const offset = number & offsetMask;
    const size = sizeAt(block, offset);
    let prefix = 0;
    for (let at = 0; at < 6; at += 1) {
      const byte = at < size ? block[offset + lengthBytes + at]! : 0;
      prefix = byte < 0x80 ? prefix * 256 + byte : NaN;
    }
    return prefix;
  }

  /** Keeps the text whose bytes were written behind those in use, unless it is known; returns its number. */
  private keep(size: number, hash: number): number {
    const place = (hash ^ (hash >>> 15)) & (this.recent.length - 1);
    const known = this.recent[place]! - 1;
    if (known >= 0 && this.isNext(known, size)) return known;
    const number = this.base + this.used;
    this.block.writeInt32LE(size, this.used);
    this.recent[place] = number + 1;
    this.used += lengthBytes + size;
    this.count += 1;
    if (this.count === this.recent.length && this.count < mostPlaces)
      this.recent = new Int32Array(8 * this.count);
    return number;
  }

  /** Returns whether a text is the one whose bytes were written behind those in use. */
  private isNext(number: number, size: number): boolean {
    const block = this.blocks[number >> blockBits]!;
    const offset = number & offsetMask;
    if (sizeAt(block, offset) !== size) return false;
    const next = this.block;
    const start = this.used + lengthBytes;
    for (let at = 0; at < size; at += 1)
      if (block[offset + lengthBytes + at] !== next[start + at]) return false;
    return true;
  }

  private addBlock(least: number): void {
    this.base = this.blocks.length * blockSize;
    const size = this.blocks.length === 0 ? firstBlockSize : blockSize;
    this.block = Buffer.allocUnsafeSlow(Math.max(size, least));
    this.used = 0;
    // No text begins behind the first 2^20 bytes of a longer block, which takes the numbers of several.
    for (let start = 0; start < this.block.length; start += blockSize) this.blocks.push(this.block);
  }
}

const hashFactor = 0x01000193;

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ bytes[at]!, hashFactor);
  return hash;
}

function sizeAt(block: Uint8Array, at: number): number {
  return block[at]! | (block[at + 1]! << 8) | (block[at + 2]! << 16) | (block[at + 3]! << 24);
}
