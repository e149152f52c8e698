import { expect } from "chai";
import fc from "fast-check";
import { tablesOf, type Row } from "../../../schemas";
import {
  album,
  artist,
  build,
  close,
  header,
  object,
  page,
  played,
  playlist,
  track,
} from "../../support/rawObjects";

describe("buildRows", () => {
  it("makes well-typed rows, and never crashes, whatever the answers hold", async () => {
    const mangled = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      garbled(track("t1")),
      garbled({
        added_at: "2020-01-02T03:04:05Z",
        added_by: { id: "u" },
        is_local: false,
        item: track("t1"),
      }),
      garbled({ track: track("t2") }),
      garbled(playlist("p1")),
      garbled({ added_at: "2020-01-02T03:04:05Z", album: album("al1") }),
      garbled(artist("a1")),
      garbled(played("t3", "2026-03-04T01:00:00.123Z")),
    );
    const items = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.array(mangled, { maxLength: 5 }));
    const bodies = fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.record({ items }),
      fc.record({ artists: fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.record({ items })) }),
    );
    const streams = fc.constantFrom(
      "playlists",
      "playlist_items",
      "saved_tracks",
      "saved_albums",
      "followed_artists",
      "top_items",
      "playlist:x",
      "profile",
      "recently_played",
    );
    const containers = fc.constantFrom("c", "tracks:short_term", "artists:long_term");
    await fc.assert(
      fc.asyncProperty(
        streams,
        containers,
        bodies,
        mangled,
        fc.nat(6),
        fc.string(),
        async (stream, container, body, thing, positions, sent) => {
          const head = header({ stream, container });
          const paged = !["profile", "recently_played"].includes(stream);
          const objects = !paged || stream === "playlist:x" ? [thing, body] : [];
          const lines = objects.map((answer) => object(answer, { date: sent }));
          const pages = paged ? [page([], { body, date: sent }), close(positions)] : [];
          const rows = await build(stream, [head, ...lines, ...pages]);
          for (const table of tablesOf(stream)) checkRows(table, rows[table.name]!);
          if (!paged) return;
          const [read] = rows.container_reads!;
          if (!read) {
            const results = rows.quality_results!.filter(
              ({ rule }) => rule === "row_count" || rule === "quarantined_share",
            );
            expect(results.map(({ status }) => status)).to.include("failed");
            expect(rows[tablesOf(stream).at(-4)!.name]).to.deep.equal([]);
            return;
          }
          expect(Number(read.row_count) + Number(read.skipped_count)).to.equal(positions);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

/** Copies of a JSON object in which some values, at any depth, are others. */
function garbled(value: unknown): fc.Arbitrary<unknown> {
  const kept =
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? fc.record(Object.fromEntries(Object.entries(value).map(([name, field]) => [name, garbled(field)])))
      : Array.isArray(value)
        ? fc.tuple(...value.map(garbled))
        : fc.constant(value);
  return fc.oneof({ weight: 8, arbitrary: kept }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) });
}

function checkRows(table: ReturnType<typeof tablesOf>[number], rows: Row[]): void {
  const keys = rows.map((row) => JSON.stringify(table.key.map((column) => row[column])));
  expect(new Set(keys).size, `keys of ${table.name}`).to.equal(rows.length);
  for (const row of rows) {
    expect(Object.keys(row)).to.deep.equal(table.columns.map(({ name }) => name));
    for (const { name, type, nullable } of table.columns) {
      const cell = row[name];
      if (cell === null) expect(nullable, `${table.name}.${name}`).to.equal(true);
      else if (type === "string" || type === "date") expect(cell).to.be.a("string");
      else if (type === "boolean") expect(cell).to.be.a("boolean");
      else if (type === "double") expect(cell).to.satisfy(Number.isFinite);
      else expect(cell, `${table.name}.${name}`).to.satisfy(Number.isSafeInteger);
      if (type === "int" && cell !== null) expect(cell).to.be.within(-(2 ** 31), 2 ** 31 - 1);
    }
  }
}
