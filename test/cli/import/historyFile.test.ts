import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { buildRows } from "../../../handlers/transform/build";
import { parseRawKey } from "../../../handlers/raw/format";
import { rawReader } from "../../../handlers/raw/reader";
import { importFile, type FileReport } from "../../../cli/import/history-file";
import type { HistoryFile } from "../../../cli/import/export-files";
import type { Row } from "../../../schemas";
import { memoryStore } from "../../../cloud/memory/memoryStore";

type Bucket = ReturnType<typeof memoryStore>;

/** A file that comes in small chunks, cut anywhere. */
function fileOf(text: string | Buffer, name = "Streaming_History_Audio_2023.json", chunk = 37): HistoryFile {
  const bytes = Buffer.from(text as string);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, index) =>
    bytes.subarray(index * chunk, (index + 1) * chunk),
  );
  return { name, size: bytes.length, open: async () => Readable.from(chunks) };
}

const importInto = (store: Bucket, file: HistoryFile, keepPrivate = false) =>
  importFile(file, { store, listener: "me", keepPrivate });

/** What transform makes of all that lies in the bucket. */
async function tableIn(store: Bucket, table = "streaming_history"): Promise<Row[]> {
  const rows: Row[] = [];
  const keys = [...store.objects.keys()].sort();
  for (const day of new Set(keys.map((key) => parseRawKey(key)!.day))) {
    const streamDay = { listener: "me", slug: "streaming_history", day };
    const own = keys.filter((key) => parseRawKey(key)!.day === day);
    rows.push(...(await buildRows(streamDay, own, rawReader(store))).rows[table]!);
  }
  return rows;
}

const played = (ts: string, uri = "t", ms_played = 1000) => ({
  ts,
  ms_played,
  spotify_track_uri: `spotify:track:${uri}`,
  username: "somebody",
  ip_addr: "192.0.2.1",
  ip_addr_decrypted: "192.0.2.1",
  user_agent_decrypted: "a browser",
});
const texts = (store: Bucket) => [...store.objects.values()].map(({ body }) => gunzipSync(body).toString());

describe("importing a file of the streaming history", () => {
  it("writes its plays by UTC month, and reports them", async () => {
    const store = memoryStore();
    const times = ["2023-01-31T23:59:59Z", "2023-02-01T00:00:00Z", "2023-01-05T00:00:00Z"];
    const report = await importInto(store, fileOf(JSON.stringify(times.map((ts) => played(ts)))));
    expect(report).to.deep.equal({
      file: "Streaming_History_Audio_2023.json",
      plays: 3,
      invalid: 0,
      invalid_examples: [],
      objects: 2,
      objects_known: 0,
      first_played_at: "2023-01-05T00:00:00.000Z",
      last_played_at: "2023-02-01T00:00:00.000Z",
      error: null,
    } satisfies FileReport);
    expect([...store.objects.keys()].map((key) => key.split("/").slice(0, 4).join("/")).sort()).to.deep.equal(
      [
        "raw/me/streaming_history/snapshot_date=2023-01-01",
        "raw/me/streaming_history/snapshot_date=2023-02-01",
      ],
    );
    expect(await tableIn(store)).to.have.length(3);
  });

  it("leaves out who listened from where, unless it is asked to keep that", async () => {
    const text = JSON.stringify([played("2023-01-05T00:00:00Z")]);
    const store = memoryStore();
    await importInto(store, fileOf(text));
    expect(texts(store).join("")).not.to.match(/192\.0\.2|browser|somebody/);
    await importInto(store, fileOf(text), true);
    expect(texts(store).join(""))
      .to.match(/192\.0\.2/)
      .and.to.match(/browser/)
      .and.to.match(/somebody/);
    expect(await tableIn(store)).to.have.length(1);
  });

  const good = JSON.stringify([1, 2, 3].map((day) => played(`2023-01-0${day}T00:00:00Z`)));
  const broken: [string, string | Buffer, number, RegExp][] = [
    ["cut off", good.slice(0, -5), 2, /^byte \d+: the file ends too early$/],
    [
      "with a byte that has no place",
      good.replace("},{", "},\u0000{"),
      1,
      /^byte \d+: "\\u0000" has no place there$/,
    ],
    ["that is no JSON", "?", 0, /^byte 0: "\?" has no place there$/],
    ["that is HTML", "\n<!doctype html><html>", 0, /^this is a web page, no list of plays; download the/],
    ["that is no list", '{"ts":1}', 0, /^this is a JSON object, no list of plays$/],
    ["that is an empty object", "{}", 0, /^this is a JSON object, no list of plays$/],
    ["that is a zip", "PK\u0003\u0004", 0, /^this is a zip; import it by itself$/],
    ["that is gzip", Buffer.from([0x1f, 0x8b, 8]), 0, /^this is compressed by gzip; unpack it first/],
    ["that is UTF-16", Buffer.from(`\uFEFF${good}`, "utf16le"), 0, /^this is UTF-16 text; save it as UTF-8$/],
    ["that is a number", "5", 0, /^byte 1: the file ends too early$/],
    ["that is empty", "", 0, /^the file is empty$/],
    ["with words after its end", `${good} x`, 3, /^byte \d+: "x" has no place there$/],
  ];
  for (const [what, text, plays, error] of broken)
    it(`writes what comes before the break of a file ${what}, and says where it is`, async () => {
      const store = memoryStore();
      const report = await importInto(store, fileOf(text));
      expect(report.error).to.match(error);
      expect(report.plays).to.equal(plays);
      expect(await tableIn(store)).to.have.length(plays);
    });

  it("names the byte at which a file breaks, whatever characters come before", async () => {
    const text = `[${JSON.stringify({ ...played("2023-01-01T00:00:00Z"), a: "é€😀" })},?`;
    const { error } = await importInto(memoryStore(), fileOf(text));
    expect(error).to.equal(`byte ${Buffer.byteLength(text) - 1}: "?" has no place there`);
  });

  it("says that a file cannot be read", async () => {
    const file = fileOf(good);
    const open = async () =>
      Readable.from(
        (async function* () {
          yield Buffer.from(good.slice(0, 10));
          throw new Error("invalid distance too far back");
        })(),
      );
    expect(await importInto(memoryStore(), { ...file, open })).to.include({
      plays: 0,
      error: "invalid distance too far back",
    });
  });

  it("keeps entries that are no plays beside the play before, as skips with their place", async () => {
    const store = memoryStore();
    const entries = [null, played("2023-01-05T00:00:00Z"), null, { ts: "?" }, played("2023-02-05T00:00:00Z")];
    const report = await importInto(store, fileOf(JSON.stringify(entries)));
    expect(report).to.include({ plays: 2, invalid: 3 });
    expect(
      report.invalid_examples.map(({ entry, reason }) => `${entry} ${reason.slice(0, 11)}`),
    ).to.deep.equal(["1 is no objec", "3 is no objec", "4 has no time"]);
    const skips = await tableIn(store, "skips");
    expect(skips.map((row) => [row.item_position, row.reason])).to.deep.equal([
      [2, "null_entry"],
      [3, "no_time"],
    ]);
  });

  it("says why of the first three entries that are no plays", async () => {
    const { ts, ms_played } = played("2023-01-05T00:00:00Z");
    const entries = [{ ts, ms_played }, { ts }, 1, 2, 3];
    const { invalid, invalid_examples } = await importInto(memoryStore(), fileOf(JSON.stringify(entries)));
    expect(invalid).to.equal(5);
    expect(invalid_examples).to.deep.equal([
      { entry: 1, reason: "names no track, episode or chapter" },
      { entry: 2, reason: "has no time (ts, endTime) or no length (ms_played, msPlayed) that can be read" },
      { entry: 3, reason: "is no object" },
    ]);
  });

  it("takes an empty list for what it is", async () =>
    expect(await importInto(memoryStore(), fileOf("[]"))).to.include({ plays: 0, invalid: 0, error: null }));

  it("reads text with a byte order mark", async () =>
    expect(await importInto(memoryStore(), fileOf(`\uFEFF${good}`))).to.include({ plays: 3, error: null }));

  it("reads a file once after its start, a long one again, so that it need not be in memory", async () => {
    for (const [size, opened] of [
      [10, 2],
      [1_000_000, 3],
    ] as const) {
      const entries = Array.from({ length: 40 }, (_, index) => ({
        ...played(`2023-01-05T00:00:${index + 10}Z`),
        platform: "x".repeat(size),
      }));
      const file = fileOf(JSON.stringify(entries), "a.json", 60_000);
      let opens = 0;
      const open = () => {
        opens += 1;
        return file.open();
      };
      const report = await importInto(memoryStore(), { ...file, open });
      expect(report).to.include({ plays: 40, error: null });
      expect(opens).to.equal(opened);
    }
  });

  it("fails if the bucket takes nothing", async () => {
    const store = { ...memoryStore(), put: () => Promise.reject(new Error("no")) };
    const error = await importInto(store as Bucket, fileOf(good)).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: "storage" });
  });

  const play = fc.record({
    minute: fc.integer({ min: 0, max: 400_000 }),
    uri: fc.constantFrom("t1", "t2", "t3"),
    ms: fc.constantFrom(0, 30_000, 30_001),
  });
  it("gives every play once, however exports overlap and in whatever order they come, again and again", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(play, { maxLength: 60 }),
        fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { minLength: 1, maxLength: 4 }),
        async (plays, cuts) => {
          const start = Date.parse("2023-01-15T00:00:00Z");
          const entries = plays
            .map(({ minute, uri, ms }) =>
              played(new Date(start + minute * 60_000).toISOString().replace(".000", ""), uri, ms),
            )
            .sort((a, b) => (a.ts < b.ts ? -1 : 1));
          const spans = [
            ...cuts.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
            [0, 60] as const,
          ];
          const files = spans.map(([from, to]) => fileOf(JSON.stringify(entries.slice(from, to))));
          const store = memoryStore();
          for (const file of files) await importInto(store, file);
          const truth = new Set(
            entries.map((one) => [Date.parse(one.ts), one.spotify_track_uri, one.ms_played].join()),
          );
          const rows = await tableIn(store);
          expect(rows.map((row) => [row.played_at, row.item_key, row.ms_played].join())).to.have.members([
            ...truth,
          ]);
          const before = new Map(store.objects);
          for (const file of files.reverse()) expect((await importInto(store, file)).objects).to.equal(0);
          expect(store.objects).to.deep.equal(before);
        },
      ),
      { numRuns: 60 },
    );
  });
});
