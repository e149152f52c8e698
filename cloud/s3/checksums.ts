/** Hashes of bodies, and the check of those that a client sends along. */
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { crc32 } from "node:zlib";
import { S3Error, notImplemented } from "./errors";

/** What a body hashes to. */
export interface Content {
  /** Bytes. */
  size: number;
  /** Hex. */
  md5: string;
  /** Base64 of the four bytes, as S3 sends it. */
  crc32: string;
}

/** A checksum that a client sent, or announced for the trailer. */
export interface Check {
  /** Header or trailer that carries it. */
  header: string;
  algorithm: string;
  encoding: "base64" | "hex";
  /** Known only after the body if it comes in the trailer. */
  expected(): string | undefined;
}

interface Hash {
  update(chunk: Uint8Array): unknown;
  digest(encoding: "base64" | "hex"): string;
}

const hashes = new Map<string, () => Hash>([
  ["crc32", newCrc32],
  ["md5", () => createHash("md5")],
  ["sha1", () => createHash("sha1")],
  ["sha256", () => createHash("sha256")],
]);

/** A running md5, CRC32 and size. */
export function contentHash(): { update(chunk: Uint8Array): void; digest(): Content } {
  const md5 = createHash("md5");
  const crc = newCrc32();
  let size = 0;
  return {
    update(chunk) {
      md5.update(chunk);
      crc.update(chunk);
      size += chunk.byteLength;
    },
    digest: () => ({ size, md5: md5.digest("hex"), crc32: crc.digest("base64") }),
  };
}

function newCrc32(): Hash {
  let value = 0;
  return {
    update(chunk) {
      value = crc32(chunk, value);
    },
    digest(encoding) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString(encoding);
    },
  };
}

/** The checksums of the body that a request carries; `trailers` is filled while the body is read. */
export function checksOf(headers: IncomingHttpHeaders, trailers: Record<string, string>): Check[] {
  const checks: Check[] = [];
  const add = (header: string, algorithm: string, expected: Check["expected"]) =>
    checks.push({ header, algorithm, encoding: "base64", expected });

  for (const [header, value] of Object.entries(headers)) {
    const algorithm = algorithmOf(header);
    if (algorithm) add(header, algorithm, () => String(value));
  }
  for (const header of String(headers["x-amz-trailer"] ?? "").split(",")) {
    const name = header.trim().toLowerCase();
    const algorithm = algorithmOf(name);
    if (algorithm) add(name, algorithm, () => trailers[name]);
  }
  const signed = String(headers["x-amz-content-sha256"] ?? "");
  if (/^[0-9a-f]{64}$/.test(signed))
    checks.push({
      header: "x-amz-content-sha256",
      algorithm: "sha256",
      encoding: "hex",
      expected: () => signed,
    });
  return checks;
}

function algorithmOf(header: string): string | undefined {
  if (header === "content-md5") return "md5";
  const name = /^x-amz-checksum-(.+)$/.exec(header)?.[1];
  return name === "algorithm" || name === "type" || name === "mode" ? undefined : name;
}

/** The same body; after its last chunk it throws `BadDigest` if a checksum does not match. */
export async function* verified(
  body: AsyncIterable<Uint8Array>,
  checks: Check[],
): AsyncGenerator<Uint8Array> {
  const running = checks.map((check) => ({ check, hash: newHash(check.algorithm) }));
  for await (const chunk of body) {
    for (const { hash } of running) hash.update(chunk);
    yield chunk;
  }
  for (const { check, hash } of running) {
    const expected = check.expected();
    const found = hash.digest(check.encoding);
    if (expected !== found) throw mismatch(check, expected, found);
  }
}

function newHash(algorithm: string): Hash {
  const make = hashes.get(algorithm);
  if (make) return make();
  throw notImplemented(`A checksum by ${algorithm} (use one of ${[...hashes.keys()].join(", ")})`);
}

function mismatch({ header }: Check, expected: string | undefined, found: string): S3Error {
  if (expected === undefined)
    return new S3Error(400, "MalformedTrailerError", `The body ends without the trailer ${header}.`);
  const code = header === "x-amz-content-sha256" ? "XAmzContentSHA256Mismatch" : "BadDigest";
  return new S3Error(400, code, `${header} says ${expected}, but the body received has ${found}.`);
}
