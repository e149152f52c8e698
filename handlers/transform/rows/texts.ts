/** Texts in memory as UTF-8 in large blocks of bytes: V8 has nothing to collect, and writers copy bytes. */

/** Places for texts that may come again: at first, for most days have few texts, and at most. Powers of two. */
const [fewPlaces, mostPlaces] = [2 ** 10, 2 ** 18];

/** Places for the texts that came last; a power of two. */
const lastPlaces = 64;

/** A block has 2^20 bytes, unless one text needs more; the first one has fewer. */
const blockBits = 20;
const firstBlockSize = 2 ** 14;
const blockSize = 2 ** blockBits;
const offsetMask = blockSize - 1;

/**
 * Before a text stands a head of four bytes: its size, and three bytes of a hash. The size of a longer text is `long` there,
 * and has four bytes of its own behind the head.
 */
const headSize = 4;
const long = 0xff;

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
  /** Some of the last texts as strings, and their numbers: the rows of one track have many strings in common. */
  private readonly lastTexts = new Array<string | undefined>(lastPlaces).fill(undefined);
  private readonly lastNumbers = new Int32Array(lastPlaces);

  /** Returns a number of a text. */
  numberOf(text: string): number {
    const { length } = text;
    const place = (text.charCodeAt(0) + 31 * text.charCodeAt(length - 1) + length) & (lastPlaces - 1);
    if (this.lastTexts[place] === text) return this.lastNumbers[place]!;
    const number = this.find(text);
    this.lastTexts[place] = text;
    this.lastNumbers[place] = number;
    return number;
  }

  /** Returns the number of a text that is none of the last ones. */
  private find(text: string): number {
    const { length } = text;
    // A UTF-16 unit takes three bytes at most in UTF-8.
    const most = 2 * headSize + 3 * length;
    if (this.used + most > this.block.length || this.used >= blockSize) this.addBlock(most);
    const { block } = this;
    const start = this.used + headSize;
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
    const start = startAt(block, number & offsetMask);
    return block.toString("utf8", start, start + sizeAt(block, number & offsetMask));
  }

  /** Returns how many bytes a text has. */
  sizeOf(number: number): number {
    return sizeAt(this.blocks[number >> blockBits]!, number & offsetMask);
  }

  /** Returns a hash of a text. */
  hashOf(number: number): number {
    return wordAt(this.blocks[number >> blockBits]!, number & offsetMask);
  }

  /** Copies the bytes of a text into `target`, which has room for them, from `place` on, and returns where they end. */
  copy(number: number, target: Uint8Array, place: number): number {
    const block = this.blocks[number >> blockBits]!;
    const start = startAt(block, number & offsetMask);
    const end = start + sizeAt(block, number & offsetMask);
    // A loop: most texts are short.
    for (let at = start, to = place; at < end; at += 1, to += 1) target[to] = block[at]!;
    return place + end - start;
  }

  /** Returns whether two texts are equal. */
  isSame(left: number, right: number): boolean {
    return left === right || (this.hashOf(left) === this.hashOf(right) && this.compare(left, right) === 0);
  }

  /** Compares two texts as `<` compares strings: by their UTF-16 units. */
  compare(left: number, right: number): number {
    const one = this.blocks[left >> blockBits]!;
    const other = this.blocks[right >> blockBits]!;
    const size = sizeAt(one, left & offsetMask);
    const otherSize = sizeAt(other, right & offsetMask);
    const start = startAt(one, left & offsetMask);
    const end = start + Math.min(size, otherSize);
    for (let at = start, to = startAt(other, right & offsetMask); at < end; at += 1, to += 1) {
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
    const size = sizeAt(block, number & offsetMask);
    const start = startAt(block, number & offsetMask);
    let prefix = 0;
    for (let at = 0; at < 6; at += 1) {
      const byte = at < size ? block[start + at]! : 0;
      prefix = byte < 0x80 ? prefix * 256 + byte : NaN;
    }
    return prefix;
  }

  /** Keeps the text whose bytes were written behind those in use and a head, unless it is known; returns its number. */
  private keep(size: number, hash: number): number {
    const head = (hash & ~0xff) | Math.min(size, long);
    const place = (hash ^ (hash >>> 15)) & (this.recent.length - 1);
    const known = this.recent[place]! - 1;
    if (known >= 0 && this.isNext(known, head, size)) return known;
    const { block, used } = this;
    const number = this.base + used;
    this.recent[place] = number + 1;
    block.writeInt32LE(head, used);
    this.used += headSize + size;
    if (size >= long) {
      block.copyWithin(used + 2 * headSize, used + headSize, used + headSize + size);
      block.writeInt32LE(size, used + headSize);
      this.used += headSize;
    }
    this.count += 1;
    if (this.count === this.recent.length && this.count < mostPlaces)
      this.recent = new Int32Array(8 * this.count);
    return number;
  }

  /** Returns whether a text is the one whose bytes were written behind those in use. */
  private isNext(number: number, head: number, size: number): boolean {
    const block = this.blocks[number >> blockBits]!;
    const offset = number & offsetMask;
    if (wordAt(block, offset) !== head || sizeAt(block, offset) !== size) return false;
    const start = startAt(block, offset);
    const next = this.block;
    const nextStart = this.used + headSize;
    for (let at = 0; at < size; at += 1) if (block[start + at] !== next[nextStart + at]) return false;
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

/** Returns the size of the text whose head is at a place. */
function sizeAt(block: Uint8Array, at: number): number {
  const size = block[at]!;
  return size < long ? size : wordAt(block, at + headSize);
}

/** Returns where the text begins whose head is at a place. */
function startAt(block: Uint8Array, at: number): number {
  return block[at]! < long ? at + headSize : at + 2 * headSize;
}

function wordAt(block: Uint8Array, at: number): number {
  return block[at]! | (block[at + 1]! << 8) | (block[at + 2]! << 16) | (block[at + 3]! << 24);
}
