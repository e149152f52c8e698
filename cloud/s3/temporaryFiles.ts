/** Bodies before they become objects: files in a folder that no listing sees. */
import { randomUUID } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { rm, stat, writeFile } from "node:fs/promises";
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
  try {
    await writeFile(path, hashed(body, hash), { flag: "wx" });
    const stats = await stat(path, { bigint: true });
    return { path, fingerprint: fingerprint(stats), ...hash.digest() };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function* hashed(body: Body, hash: ReturnType<typeof contentHash>): AsyncGenerator<Uint8Array> {
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    hash.update(chunk);
    yield chunk;
  }
}
