/**
 * The `aws-chunked` encoding, in which the SDK sends streams: chunks with their length in hex (and, if signed, a
 * signature, which is ignored here), then trailers that carry the checksum.
 *
 *     <hex length>[;chunk-signature=…]\r\n<bytes>\r\n … 0[;…]\r\n<name>:<value>\r\n … \r\n
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
import type { IncomingHttpHeaders } from "node:http";
import { S3Error } from "./errors";

/** Longest line of framing; a chunk's header or a trailer is far shorter. */
const LINE_LIMIT = 8192;

/** True if the body is framed. */
export function isChunked(headers: IncomingHttpHeaders): boolean {
  return (
    /^STREAMING-/.test(String(headers["x-amz-content-sha256"] ?? "")) ||
    /\baws-chunked\b/.test(headers["content-encoding"] ?? "")
  );
}

/** The bytes inside the framing; `trailers` (names in lower case) is filled when they end. */
export async function* decodeChunked(
  source: AsyncIterable<Uint8Array>,
  trailers: Record<string, string>,
): AsyncGenerator<Uint8Array> {
  const reader = new Reader(source);
  try {
    for (let size = chunkSize(await reader.line()); size > 0; size = chunkSize(await reader.line())) {
      yield* reader.bytes(size);
      if ((await reader.line()) !== "") throw broken("a chunk is longer than it says");
    }
    for (let line = await reader.line(); line !== ""; line = await reader.line()) {
      const colon = line.indexOf(":");
      trailers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
  } finally {
    await reader.close();
  }
}

function chunkSize(line: string): number {
  const digits = line.split(";", 1)[0]!;
  if (!/^[0-9a-f]{1,12}$/i.test(digits)) throw broken("a chunk has no length");
  return parseInt(digits, 16);
}

function broken(why: string): S3Error {
  return new S3Error(400, "IncompleteBody", `The aws-chunked body cannot be read: ${why}.`);
}

/** Takes lines and runs of bytes from a stream of buffers. */
class Reader {
  private readonly source: AsyncIterator<Uint8Array>;
  private pending: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** The text up to the next CR LF, which is taken too. */
  async line(): Promise<string> {
    let end = this.pending.indexOf("\r\n");
    while (end < 0) {
      if (this.pending.length > LINE_LIMIT) throw broken("a line is too long");
      this.pending = Buffer.concat([this.pending, await this.next()]);
      end = this.pending.indexOf("\r\n");
    }
    const line = this.pending.toString("latin1", 0, end);
    this.pending = this.pending.subarray(end + 2);
    return line;
  }

  /** The next `size` bytes, as they come. */
  async *bytes(size: number): AsyncGenerator<Uint8Array> {
    let left = size;
    while (left > 0) {
      if (this.pending.length === 0) this.pending = await this.next();
      const piece = this.pending.subarray(0, left);
      this.pending = this.pending.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async close(): Promise<void> {
    await this.source.return?.();
  }

  private async next(): Promise<Buffer> {
    const { value, done } = await this.source.next();
    if (done) throw broken("it ends too early");
    const bytes = value as Uint8Array;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}
