/** Chance that repeats: everything here depends on the names it is given and on nothing else. */
import { createHash } from "node:crypto";

type Name = (string | number)[];

function digest(name: Name): Buffer {
  return createHash("sha256").update(JSON.stringify(name)).digest();
}

/** A source of random choices; two made with the same name make the same choices. */
export class Random {
  private state: number;

  constructor(...name: Name) {
    this.state = digest(name).readUInt32BE(0);
  }

  /** A number from 0 up to, but not including, 1 (the generator known as mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)]!;
  }

  /** An index below `length`; index k comes up about as often as 1/(k + 1) says (Zipf's law). */
  zipf(length: number): number {
    return Math.floor(Math.exp(this.next() * Math.log(length + 1))) - 1;
  }

  shuffle<T>(list: readonly T[]): T[] {
    const result = [...list];
    for (let last = result.length - 1; last > 0; last -= 1) {
      const other = this.int(0, last);
      [result[last], result[other]] = [result[other]!, result[last]!];
    }
    return result;
  }
}

/** A copy of a list with one more element at index `at`. */
export function insertAt<T>(list: readonly T[], at: number, element: T): T[] {
  return [...list.slice(0, at), element, ...list.slice(at)];
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** An id as Spotify's are: 22 characters of base 62. */
export function idOf(...name: Name): string {
  let number = BigInt(`0x${digest(name).toString("hex", 0, 16)}`);
  let id = "";
  while (id.length < 22) {
    id = base62[Number(number % 62n)]! + id;
    number /= 62n;
  }
  return id;
}

/** An image's id as Spotify's are: 40 hexadecimal digits. */
export function imageIdOf(...name: Name): string {
  return digest(name).toString("hex", 0, 20);
}
