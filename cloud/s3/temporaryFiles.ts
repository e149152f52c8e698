/**
 * Bodies before they become objects: files in a folder that no listing sees. Files are handled synchronously, here and in
 * sidecars.ts: what a small one takes is less than handing it to a thread.
 */
import { randomUUID } from "node:crypto";
import { type BigIntStats, closeSync, fstatSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type Content, contentHash } from "./checksums";

/** An object's bytes, at once or as they come. */
export type Body = Uint8Array | AsyncIterable<Uint8Array>;

/** A body that has been written whole; a rename makes it an object. */
interface TemporaryFile extends Content {
  path: string;
  fingerprint: string;
}

/**
 * Tells one state of a file from another without reading it. A rename keeps it; a write to the file or a copy of it
 * changes it.
 */
export function fingerprint(stats: BigIntStats): string {
  return `${stats.ino}-${stats.size}-${stats.mtimeNs}`;
}

/** Writes a body to a new file in `folder`; leaves nothing there if the body or the disk fails. */
export async function writeTemporaryFile(folder: string, body: Body): Promise<TemporaryFile> {
  const path = join(folder, randomUUID());
  const hash = contentHash();
  const file = openSync(path, "wx");
  try {
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      hash.update(chunk);
      for (let done = 0; done < chunk.length;) done += writeSync(file, chunk, done);
    }
    return { path, fingerprint: fingerprint(fstatSync(file, { bigint: true })), ...hash.digest() };
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}
