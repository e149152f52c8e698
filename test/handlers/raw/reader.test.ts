import { expect } from "chai";
import fc from "fast-check";
import { Readable } from "node:stream";
import { createGzip, gzipSync } from "node:zlib";
import { codeOf } from "../../../handlers/shared/errors";
import { rawLines, rawOutlines } from "../../../handlers/raw/reader";
import { close, gap, header, object, page, run, skip } from "../../support/rawObjects";

async function read(bytes: Buffer, chunkSize = bytes.length || 1): Promise<unknown[]> {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) chunks.push(bytes.subarray(at, at + chunkSize));
  const lines = [];
  for await (const line of rawLines(Readable.from(chunks), "raw/key")) lines.push(line);
  return lines;
}

async function refusal(bytes: Buffer): Promise<Error> {
  try {
    await read(bytes);
  } catch (error) {
    expect(codeOf(error)).to.equal("bad_raw_object");
    return error as Error;
  }
  throw new Error("was not refused");
}

const zip = (...lines: unknown[]) =>
  gzipSync(lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));

describe("rawLines", () => {
  it("gives back lines of any text, in chunks of any size", async () => {
    const lines = fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 40 }), async (names, chunkSize) => {
        const written = names.map((name) => page([{ name }]));
        expect(await read(zip(...written), chunkSize)).to.deep.equal(written);
      }),
      { numRuns: 30 },
    );
  });

  it("ends lines at \\n alone: U+2028, U+2029 and U+0085 are data", async () => {
    const written = page([{ name: "a\u2028b\u2029c\u0085d" }]);
    const [text] = [JSON.stringify(written)];
    expect(text).to.include("\u2028");
    expect(await read(zip(header(), text))).to.deep.equal([header(), written]);
  });

  it("reads lines longer than a chunk, with and without a line end at the end", async () => {
    const long = page([{ name: "ä".repeat(300_000) }]);
    expect(await read(gzipSync(`${JSON.stringify(long)}\n`))).to.deep.equal([long]);
    expect(await read(zip(long, skip(), run(), gap(), close(0)))).to.have.length(5);
  });

  for (const [what, bytes, words] of [
    ["no gzip", Buffer.from("hello"), "line 1: incorrect header check"],
    ["no bytes", Buffer.alloc(0), "line 1"],
    ["cut gzip", zip(header(), page(["x".repeat(200_000)])).subarray(0, 300), "unexpected end of file"],
    ["bytes after the gzip", Buffer.concat([zip(header()), Buffer.from("more")]), "header check"],
    ["no line", zip(""), "line 1: there is none"],
    ["no JSON", zip(header(), '{"kind":'), "line 2: not JSON"],
    ["an empty line", zip(header(), "", close(1)), "line 2: not JSON"],
    ["no object", zip("[]"), "line 1: not a JSON object"],
    ["an unknown kind", zip({ kind: "constructor" }), 'no kind of line is named "constructor"'],
    ["no kind", zip({}), "no kind of line is named undefined"],
    ["a later format", zip({ ...header(), format: 2 }), 'a header line needs a proper "format"'],
    ["a page without offset", zip(page([], { offset: -1 })), 'a page line needs a proper "offset"'],
    ["a gap that does not end", zip(gap({ to: "" })), 'a gap line needs a proper "to"'],
    ["a time that is none", zip(close(1, { completed_at: "soon" })), '"completed_at"'],
  ] as const) {
    it(`refuses ${what}, naming key and line`, async () => {
      const error = await refusal(bytes);
      expect(error.message).to.match(/^Raw object raw\/key, line \d+: /);
      expect(error.message).to.include(words);
    });
  }

  it("lets an error of the source through as it is", async () => {
    const source = new Readable({
      read() {
        this.destroy(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
      },
    });
    try {
      for await (const line of rawLines(source, "raw/key")) expect.fail(JSON.stringify(line));
    } catch (error) {
      expect(codeOf(error)).to.equal("ECONNRESET");
    }
  });

  it("closes the source when the reader stops early", async () => {
    const source = Readable.from([zip(header(), close(1))]);
    for await (const line of rawLines(source, "raw/key")) {
      expect(line).to.deep.equal(header());
      break;
    }
    await new Promise((done) => setImmediate(done));
    expect(source.destroyed).to.equal(true);
  });
});

describe("rawOutlines", () => {
  async function outlines(bytes: Buffer): Promise<unknown[]> {
    const lines = [];
    for await (const line of rawOutlines(Readable.from([bytes]), "raw/key")) lines.push(line);
    return lines;
  }

  it("gives the lines without their bodies, whatever these hold", async () => {
    const thing = object({ name: ',"body":{', nested: { body: 1 } });
    const outline = { kind: thing.kind, read_seq: thing.read_seq, date: thing.date };
    expect(
      await outlines(zip(header(), thing, skip({ message: ',"body":' }), run(), close(1))),
    ).to.deep.equal([header(), outline, skip({ message: ',"body":' }), run(), close(1)]);
  });

  it("does not look into bodies", async () => {
    const [outline] = await outlines(zip('{"kind":"page","read_seq":1,"offset":50,"date":"d","body":{cut'));
    expect(outline).to.deep.equal({ kind: "page", read_seq: 1, offset: 50, date: "d" });
  });

  it("refuses what rawLines refuses beside them", async () => {
    const error = await outlines(zip(header(), { kind: "page", body: {} })).catch(
      (reason: unknown) => reason,
    );
    expect((error as Error).message).to.include('line 2: a page line needs a proper "read_seq"');
  });
});

describe("rawLines, of what is too large to be ours", () => {
  const zipped = (parts: Iterable<Buffer>) => Readable.from(parts).pipe(createGzip({ level: 1 }));
  const reading = async (body: NodeJS.ReadableStream) => {
    for await (const line of rawOutlines(body, "key")) expect(line.kind).to.equal("close");
  };

  it("refuses a line of 200 MB before it is in memory", async () => {
    function* parts() {
      for (let part = 0; part < 200; part += 1) yield Buffer.alloc(1_000_000, "x");
    }
    const before = process.memoryUsage().rss;
    const error = await reading(zipped(parts())).catch((refusal: Error) => refusal);
    expect(String(error)).to.match(/key, line 1: it is longer than 33554432 bytes/);
    expect(process.memoryUsage().rss - before).to.be.below(150_000_000);
  });

  it("refuses a bomb of short lines", async function () {
    this.timeout(60_000);
    const line = JSON.stringify({ ...close(0), body: "x".repeat(1_000_000) });
    const bomb = Buffer.from(`${line}\n`);
    function* parts() {
      for (let part = 0; part < 600; part += 1) yield bomb;
    }
    const error = await reading(zipped(parts())).catch((refusal: Error) => refusal);
    expect(String(error)).to.match(/it unzips to more than 536870912 bytes/);
  });
});
