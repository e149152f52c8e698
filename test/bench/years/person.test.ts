import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { Person } from "../../../bench/years/person";
import { memoryStore } from "../../../cloud/memory/memoryStore";
import {
  parseRawKey,
  rawPrefix,
  type HeaderLine,
  type PageLine,
  type RawLine,
} from "../../../handlers/raw/format";
import { rawReader } from "../../../handlers/raw/reader";
import { buildRows } from "../../../handlers/transform/build";

function listing(lines: RawLine[]): number | undefined {
  const header = lines.find((line) => line.kind === "header" && line.stream === "playlists");
  return (header as HeaderLine).read_seq;
}

const start = Date.parse("2026-01-01T00:00:00Z");

describe("generated raw", () => {
  it("lists each playlist in the version that was read last", () => {
    const person = new Person(start);
    const read = new Map<unknown, unknown>();
    for (let day = 0; day < 16; day += 1) {
      const lines = person
        .day(day)
        .flatMap(({ body }) => gunzipSync(body).toString().trim().split("\n"))
        .map((line) => JSON.parse(line) as RawLine);
      for (const line of lines)
        if (line.kind === "header" && line.stream === "playlist_items")
          read.set(line.container, line.version);
      const listed = lines.find(
        (line) => line.kind === "page" && line.read_seq === listing(lines),
      ) as PageLine;
      const { items } = listed.body as { items: { id: string; snapshot_id: string }[] };
      expect(items).to.have.length(48);
      for (const { id, snapshot_id } of items) if (read.has(id)) expect(snapshot_id).to.equal(read.get(id));
    }
    expect(read.size).to.equal(40);
  });

  it("is good: transform puts nothing into quarantine and rejects no read", async () => {
    const person = new Person(start);
    const store = memoryStore();
    for (const day of [0, 1])
      for (const { key, body } of person.day(day)) await store.put(key, body, { ifNoneMatch: "*" });
    const prefixes = new Set([...store.objects.keys()].map((key) => rawPrefix(parseRawKey(key)!)));
    const rows: Record<string, number> = {};
    for (const prefix of prefixes) {
      const keys = await store.list(prefix);
      const built = await buildRows(parseRawKey(keys[0]!)!, keys, rawReader(store));
      expect(Object.values(built.quarantine).flat(), prefix).to.deep.equal([]);
      expect(built.blocked, prefix).to.deep.equal([]);
      for (const [table, some] of Object.entries(built.rows)) rows[table] = (rows[table] ?? 0) + some.length;
    }
    expect(rows).to.include({
      profiles: 2,
      playlists: 96,
      saved_tracks: 643,
      saved_albums: 90,
      top_items: 600,
      followed_artists: 150,
      extract_runs: 50,
      skips: 0,
    });
    expect(rows.plays).to.be.within(90, 200);
    expect(rows.playlist_items).to.be.above(2500);
  });
});
