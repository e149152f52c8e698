/** Gzip whose bytes depend on the content alone, on whatever machine it is made. */
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";

/** Level 3 takes much less time than the default, 6, and gives files that are a little larger. */
const options = { level: 3 };

/** A gzip file that is made of parts. */
export interface GzipWriter {
  add(part: Uint8Array): Promise<void>;
  /** Returns the bytes of the file. */
  finish(): Promise<Buffer>;
}

/**
 * Returns a writer of gzip with `name` as the file name in its header: no time, no mark of the operating system. The name
 * is where a table file's digest stands (`gunzip --list --name` shows it): DuckDB refuses a header with a comment.
 */
export function gzipWriter(name: string): GzipWriter {
  // RFC 1952: magic, method deflate, flag FNAME, no time, no extra flags, operating system unknown.
  const header = [0x1f, 0x8b, 8, 0x08, 0, 0, 0, 0, 0, 255];
  const gzip = createGzip(options);
  const parts: Buffer[] = [];
  gzip.on("data", (part: Buffer) => parts.push(part));
  return {
    add: (part) =>
      new Promise((done, fail) => {
        gzip.write(part, (error) => (error ? fail(error) : done()));
      }),
    async finish() {
      gzip.end();
      await finished(gzip);
      // Joined once, since a large file must not be in memory three times: zlib's own header is in the first part.
      parts[0] = parts[0]!.subarray(header.length);
      return Buffer.concat([Buffer.from(header), Buffer.from(`${name}\0`, "latin1"), ...parts]);
    },
  };
}

/** Returns gzipped `bytes`, as {@link gzipWriter} writes them. */
export async function gzipNamed(bytes: Uint8Array, name: string): Promise<Buffer> {
  const writer = gzipWriter(name);
  await writer.add(bytes);
  return writer.finish();
}
