import { expect } from "chai";
import fc from "fast-check";
import { decodeChunked, isChunked } from "../../../cloud/s3/chunked";
import { rejection } from "./help";

/** The bytes as a stream that is cut at these places. */
async function* cut(bytes: Buffer, cuts: number[]): AsyncGenerator<Uint8Array> {
  const places = [0, ...cuts.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [i, place] of places.slice(1).entries()) yield bytes.subarray(places[i], place);
}

async function decode(source: AsyncIterable<Uint8Array>) {
  const trailers: Record<string, string> = {};
  const chunks: Uint8Array[] = [];
  for await (const chunk of decodeChunked(source, trailers)) chunks.push(chunk);
  return { body: Buffer.concat(chunks), trailers };
}

function frame(chunks: Uint8Array[], signed: boolean): Buffer {
  const signature = signed ? ";chunk-signature=0f" : "";
  const framed = chunks.flatMap((chunk) => [`${chunk.length.toString(16)}${signature}\r\n`, chunk, "\r\n"]);
  const end = `0${signature}\r\nX-Amz-Checksum-Crc32:AAAA\r\nx-amz-trailer-signature: 0f\r\n\r\n`;
  return Buffer.concat([...framed, end].map((part) => Buffer.from(part as Uint8Array)));
}

describe("decodeChunked", () => {
  it("gives back the bytes and the trailers, however the stream is cut", async () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(chunk, { maxLength: 5 }),
        fc.array(fc.nat(300)),
        fc.boolean(),
        async (chunks, cuts, signed) => {
          const { body, trailers } = await decode(cut(frame(chunks, signed), cuts));
          expect(body.equals(Buffer.concat(chunks))).to.be.true;
          expect(trailers).to.deep.equal({ "x-amz-checksum-crc32": "AAAA", "x-amz-trailer-signature": "0f" });
        },
      ),
    );
  });

  it("refuses every shorter stream", async () => {
    const whole = frame([Buffer.from("hello"), Buffer.from("\r\n0\r\n")], false);
    for (let length = 0; length < whole.length; length++) {
      const error = await rejection(decode(cut(whole.subarray(0, length), [])));
      expect(error.code).to.equal("IncompleteBody");
    }
  });

  it("refuses framing that it cannot read", async () => {
    for (const text of ["-5\r\nhello\r\n", "5 \r\nhello\r\n", "4\r\nhello\r\n0\r\n\r\n", "a".repeat(20_000)])
      expect((await rejection(decode(cut(Buffer.from(text), [])))).code).to.equal("IncompleteBody");
  });
});

describe("isChunked", () => {
  it("knows framed bodies by either header", () => {
    expect(isChunked({ "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER" })).to.be.true;
    expect(isChunked({ "content-encoding": "gzip,aws-chunked" })).to.be.true;
    expect(isChunked({ "content-encoding": "gzip", "x-amz-content-sha256": "UNSIGNED-PAYLOAD" })).to.be.false;
  });
});
