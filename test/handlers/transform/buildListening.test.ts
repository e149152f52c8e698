import { expect } from "chai";
import fc from "fast-check";
import type { RawLine } from "../../../handlers/raw/format";
import {
  album,
  artist,
  build,
  close,
  day,
  gap,
  header,
  object,
  page,
  played,
  track,
} from "../../support/rawObjects";

describe("buildRows, of what a listener saves, follows and hears", () => {
  it("reads saved albums like saved tracks, and their tracks as entities", async () => {
    const stream = "saved_albums";
    const head = header({ stream, read_seq: 9, read_kind: "additions", library_version: 4 });
    const entries = [{ added_at: "2020-01-02T03:04:05Z", album: album("al1") }, { album: album("al2") }];
    const rows = await build(stream, [head, page(entries, { read_seq: 9 }), close(1, { read_seq: 9 })]);
    expect(rows.saved_albums).to.have.length(1);
    expect(rows.saved_albums![0]).to.include({ album_id: "al1", library_version: 4, list_position: 0 });
    expect(rows.albums!.map((row) => [row.album_id, row.upc])).to.deep.equal([["al1", "UPCal1"]]);
    expect(rows.tracks!.map((row) => [row.track_id, row.album_id, row.isrc])).to.deep.equal([
      ["al1-t1", "al1", null],
      ["al1-t2", "al1", null],
    ]);
    expect(rows.container_reads![0]).to.include({ read_kind: "additions", row_count: 1 });
  });

  it("reads followed artists from pages that wrap their list", async () => {
    const wrapped = (artists: unknown[], offset: number) =>
      page([], { offset, body: { artists: { items: artists, total: 4 } } });
    const rows = await build("followed_artists", [
      header({ stream: "followed_artists" }),
      wrapped([artist("a1"), null], 0),
      wrapped([artist("a3", { genres: null }), { name: "x" }], 2),
      close(4, { pages: 2 }),
    ]);
    expect(rows.followed_artists!.map((row) => [row.list_position, row.artist_id])).to.deep.equal([
      [0, "a1"],
      [2, "a3"],
    ]);
    expect(rows.artists!.map((row) => [row.artist_id, row.follower_count])).to.deep.equal([
      ["a1", 1234],
      ["a3", 1234],
    ]);
    expect(rows.artist_genres!.map((row) => [row.artist_id, row.genre_position, row.genre])).to.deep.equal([
      ["a1", 0, "folk"],
      ["a1", 1, "dub"],
    ]);
    expect(rows.skips!.map((row) => [row.item_position, row.reason])).to.deep.equal([
      [1, "null_entry"],
      [3, "no_id"],
    ]);
    expect(rows.container_reads![0]).to.include({ row_count: 2, skipped_count: 2, page_count: 2 });
  });

  it("keeps the top lists of one day apart, and full artists from being lost to credits", async () => {
    const read = (read_seq: number, container: string, entries: unknown[]): RawLine[] => [
      header({ stream: "top_items", container, read_seq }),
      page(entries, { read_seq }),
      close(entries.length, { read_seq, container }),
    ];
    const objects = [
      read(1, "artists:short_term", [artist("a2"), artist("a1")]),
      read(2, "tracks:short_term", [track("t1")]),
      read(3, "tracks:long_term", [track("t2"), track("t1")]),
    ];
    const rows = await build("top_items", ...objects);
    expect(
      rows.top_items!.map((row) => [row.item_type, row.time_range, row.item_rank, row.item_id]),
    ).to.deep.equal([
      ["artist", "short_term", 1, "a2"],
      ["artist", "short_term", 2, "a1"],
      ["track", "short_term", 1, "t1"],
      ["track", "long_term", 1, "t2"],
      ["track", "long_term", 2, "t1"],
    ]);
    expect(rows.container_reads!.map((row) => [row.container_id, row.row_count])).to.deep.equal([
      ["artists:short_term", 2],
      ["tracks:short_term", 1],
      ["tracks:long_term", 2],
    ]);
    expect(rows.artists!.map((row) => [row.artist_id, row.read_seq, row.popularity])).to.deep.equal([
      ["a1", 1, 40],
      ["a2", 1, 40],
    ]);
    expect(rows.tracks!.map((row) => [row.track_id, row.read_seq])).to.deep.equal([
      ["t1", 3],
      ["t2", 3],
    ]);
    expect(await build("top_items", ...objects.reverse())).to.deep.equal(rows);
  });

  it("shows plays at once, each of a day as the first read had it", async () => {
    const stream = "recently_played";
    const answer = (read_seq: number, ...items: unknown[]): RawLine[] => [
      header({ stream, read_seq, run_id: `run-${read_seq}` }),
      object({ items, cursors: null }, { read_seq }),
    ];
    const [one, two] = ["2026-03-04T01:00:00.123Z", "2026-03-04T01:00:00.124Z"];
    const objects = [
      answer(7, played("t1", one, { context: null }), played("t2", two)),
      answer(6, played("t1", one)),
      answer(8, null, played("t3", "soon"), played("t2", one)),
    ];
    const rows = await build(stream, ...objects);
    expect(
      rows.plays!.map((row) => [row.played_at, row.track_id, row.read_seq, row.context_type]),
    ).to.deep.equal([
      [Date.parse(one), "t1", 6, "playlist"],
      [Date.parse(one), "t2", 8, "playlist"],
      [Date.parse(two), "t2", 7, "playlist"],
    ]);
    expect(rows.tracks!.map((row) => row.track_id)).to.deep.equal(["t1", "t2"]);
    expect(rows.skips!.map((row) => [row.run_id, row.item_position, row.reason])).to.deep.equal([
      ["run-8", 0, "null_entry"],
      ["run-8", 1, "no_time"],
    ]);
    expect(await build(stream, ...objects.reverse())).to.deep.equal(rows);
  });

  it("has no plays of an answer that lists none, and skips one that is no list", async () => {
    const head = header({ stream: "recently_played" });
    const none = await build("recently_played", [head, object({ items: [], cursors: null })]);
    expect(Object.values(none).flat()).to.deep.equal([]);
    for (const body of [null, [], {}, { items: null }, { items: {} }]) {
      const rows = await build("recently_played", [head, object(body)]);
      expect(rows.plays).to.deep.equal([]);
      expect(rows.skips![0]).to.include({ reason: "null_entry", item_position: -1 });
    }
  });

  it("has rows of gaps", async () => {
    const { gaps } = await build("recently_played", [gap()], [gap()]);
    expect(gaps).to.deep.equal([
      {
        listener_id: "me",
        stream: "recently_played",
        gap_from: Date.UTC(2026, 2, 4, 1, 0, 0, 500),
        gap_to: Date.UTC(2026, 2, 4, 3, 30),
        source: "recently_played",
        snapshot_date: day,
        run_id: "run-1",
        fetched_at: Date.UTC(2026, 2, 4, 5, 6, 8),
      },
    ]);
  });

  it("makes the same rows whatever the order in which plays and top lists were written", async () => {
    const plays = fc.array(
      fc
        .tuple(fc.constantFrom("t1", "t2", "t3"), fc.integer({ min: 1, max: 5 }))
        .map(([id, minute]) => played(id, `2026-03-04T01:0${minute}:00.000Z`)),
      { maxLength: 4 },
    );
    const things = fc.array(fc.constantFrom(artist("a1"), track("t1"), track("t2"), null), { maxLength: 4 });
    const ordered = <T>(values: fc.Arbitrary<T[]>) =>
      fc
        .array(values, { minLength: 2, maxLength: 4 })
        .chain((all) => fc.tuple(fc.constant(all), permuted(all.map((_, index) => index))));
    const read = (stream: string, read_seq: number, body: unknown[]): RawLine[] => {
      const head = header({ stream, read_seq, run_id: `run-${read_seq}`, container: "artists:long_term" });
      return stream === "recently_played"
        ? [head, object({ items: body }, { read_seq })]
        : [head, page(body, { read_seq }), close(body.length, { read_seq })];
    };
    await fc.assert(
      fc.asyncProperty(ordered(plays), ordered(things), async (answers, lists) => {
        for (const [stream, [all, order]] of [
          ["recently_played", answers],
          ["top_items", lists],
        ] as [string, [unknown[][], number[]]][]) {
          const objects = all.map((body, index) => read(stream, index + 1, body));
          const rows = await build(stream, ...objects);
          expect(await build(stream, ...order.map((index) => objects[index]!))).to.deep.equal(rows);
          if (stream !== "recently_played") continue;
          const kept = rows.plays!.map(
            (row) => `${row.track_id} ${new Date(row.played_at as number).toISOString()}`,
          );
          const sent = (all as ReturnType<typeof played>[][]).flat();
          expect(new Set(kept)).to.deep.equal(
            new Set(sent.map((one) => `${String(one.track.id)} ${one.played_at}`)),
          );
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** All of `values`, in any order. */
function permuted<T>(values: T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray(values, { minLength: values.length });
}
