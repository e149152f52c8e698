import { expect } from "chai";
import { bodyLine, openRawWriter } from "../../../handlers/raw/writer";
import { parseRawKey, type HeaderLine, type RunLine } from "../../../handlers/raw/format";
import { failureOf } from "../../support/extractWorld";
import { readRaw } from "../../support/rawReader";
import { memoryStore, s3Error } from "../../../cloud/memory/memoryStore";
import { gunzipSync } from "node:zlib";

const day = "2026-11-22";

function headerOf(read_seq: number, stream = "playlist_items"): HeaderLine {
  return {
    kind: "header",
    format: 1,
    listener: "me",
    stream,
    container: `c${read_seq}`,
    read_seq,
    run_id: "run",
    request: "/v1/x",
    version: "v",
    read_kind: "full",
    library_version: read_seq,
  };
}

const pageOf = (read_seq: number, offset: number, body = '{"items":[]}') =>
  bodyLine({ kind: "page", read_seq, offset, date: "d" }, body);

function setup(partSize?: number, waitingSize?: number) {
  const bucket = memoryStore();
  let puts = 0;
  const beforePut = async () => {
    puts += 1;
  };
  const sizes = { partSize, waitingSize };
  const writer = openRawWriter({ store: bucket, listener: "me", run: "run", beforePut, ...sizes });
  return {
    bucket,
    writer,
    puts: () => puts,
    lines: () => readRaw(bucket.objects).lines.map((line) => line.kind),
  };
}

describe("openRawWriter", () => {
  it("writes one object per stream and day, each read with its header", async () => {
    const { bucket, writer, puts } = setup();
    await writer.addToRead(headerOf(1), day, pageOf(1, 0));
    await writer.addToRead(headerOf(1), day, pageOf(1, 50));
    await writer.addToRead(headerOf(2), "2026-11-23", pageOf(2, 0));
    await writer.addToRead(headerOf(3, "saved_tracks"), day, pageOf(3, 0));
    await writer.flush();
    await writer.flush();
    expect([...bucket.objects.keys()].map(parseRawKey)).to.deep.equal([
      { listener: "me", slug: "playlist_items", day },
      { listener: "me", slug: "playlist_items", day: "2026-11-23" },
      { listener: "me", slug: "saved_tracks", day },
    ]);
    expect([writer.written(), puts()]).to.deep.equal([3, 3]);
  });

  it("writes a part when it is large enough, and repeats the header in the next", async () => {
    const { writer, lines } = setup(1000);
    for (let offset = 0; offset < 150; offset += 50)
      await writer.addToRead(headerOf(1), day, pageOf(1, offset, `{"items":[],"x":"${"x".repeat(900)}"}`));
    expect(writer.written()).to.equal(3);
    expect(lines()).to.deep.equal(["header", "page", "header", "page", "header", "page"]);
  });

  it("writes what was added to longest ago when too much waits", async () => {
    const { bucket, writer } = setup(undefined, 2200);
    const body = `{"items":[],"x":"${"x".repeat(400)}"}`;
    const add = (month: number) => writer.addToRead(headerOf(1), `2026-0${month}-01`, pageOf(1, 0, body));
    for (const month of [1, 2, 1, 3]) await add(month);
    const days = () => [...bucket.objects.keys()].map((key) => parseRawKey(key)!.day);
    expect(days()).to.deep.equal(["2026-02-01"]);
    for (const month of [3, 3]) await add(month);
    expect(days()).to.deep.equal(["2026-02-01", "2026-01-01"]);
    await writer.flush();
    expect(days()).to.deep.equal(["2026-02-01", "2026-01-01", "2026-03-01"]);
    const texts = [...bucket.objects.values()].map((object) => gunzipSync(object.body).toString());
    expect(texts.map((text) => text.split('"kind":"page"').length - 1)).to.deep.equal([1, 2, 3]);
  });

  it("takes back a read that is not written yet, and leaves the others", async () => {
    const { writer, lines, bucket } = setup();
    await writer.addToRead(headerOf(1), day, pageOf(1, 0));
    await writer.addToRead(headerOf(2), day, pageOf(2, 0));
    writer.drop(1);
    await writer.addToRead(headerOf(3), day, pageOf(3, 0));
    writer.drop(3);
    await writer.flush();
    expect(lines()).to.deep.equal(["header", "page"]);
    writer.drop(2);
    await writer.flush();
    expect(bucket.objects.size).to.equal(1);
  });

  it("keeps bodies as received, but for line breaks between tokens", async () => {
    const { writer, bucket } = setup();
    const body =
      '{\r\n  "name": "tab\\t line\\n \u2028 \ud83c\udfb5",\n  "n": 1.0, "big": 12345678901234567890}';
    await writer.addToRead(headerOf(1), day, pageOf(1, 0, body));
    await writer.flush();
    const text = gunzipSync([...bucket.objects.values()][0]!.body).toString("utf8");
    expect(text.split("\n")).to.have.length(3);
    expect(text).to.contain(`"body":${body.replace(/[\r\n]/g, " ")}}\n`);
  });

  it("writes odd stream names as slugs, and lines that belong to no read", async () => {
    const { writer, bucket } = setup();
    writer.add("playlist:AbC", day, { kind: "run" } as RunLine);
    await writer.flush();
    expect([...bucket.objects.keys()][0]).to.match(
      /^raw\/me\/playlist_abc-[0-9a-f]{8}\/snapshot_date=2026-11-22\/run-000-/,
    );
  });

  it("takes an object that is already there for its own, written before an answer was lost", async () => {
    const { bucket } = setup();
    const put: typeof bucket.put = async (...args) => {
      await bucket.put(...args);
      throw s3Error("PreconditionFailed", 412);
    };
    const writer = openRawWriter({
      store: { ...bucket, put },
      listener: "me",
      run: "run",
      beforePut: async () => undefined,
    });
    await writer.addToRead(headerOf(1), day, pageOf(1, 0));
    await writer.flush();
    expect([writer.written(), bucket.objects.size]).to.deep.equal([1, 1]);
  });

  it("tries three times, then fails with a sentence", async () => {
    const { bucket } = setup();
    let tries = 0;
    const put = async () => {
      tries += 1;
      throw s3Error("NoSuchBucket", 404);
    };
    const writer = openRawWriter({
      store: { ...bucket, put },
      listener: "me",
      run: "run",
      beforePut: async () => undefined,
    });
    await writer.addToRead(headerOf(1), day, pageOf(1, 0));
    const error = await failureOf(writer.flush());
    expect([error.code, tries]).to.deep.equal(["storage", 3]);
    expect(error.message).to.contain("raw/me/playlist_items/");
  });
});
