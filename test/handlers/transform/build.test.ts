import { expect } from "chai";
import { codeOf } from "../../../handlers/shared/errors";
import type { RawLine } from "../../../handlers/raw/format";
import { buildRows } from "../../../handlers/transform/build";
import { tablesOf } from "../../../schemas";
import {
  build,
  close,
  day,
  dateMs,
  gap,
  header,
  object,
  page,
  playlist,
  run,
  skip,
  track,
} from "../../support/rawObjects";

async function refusal(...input: Parameters<typeof build>): Promise<string> {
  try {
    await build(...input);
  } catch (error) {
    expect(codeOf(error)).to.equal("bad_raw_object");
    return (error as Error).message;
  }
  throw new Error("was not refused");
}

const items = (...ids: string[]) => ids.map((id) => ({ item: track(id) }));
const saved = (...ids: string[]) => ids.map((id) => ({ track: track(id) }));

describe("buildRows", () => {
  it("has a list of rows for every table that the stream feeds, empty ones too", async () => {
    const rows = await build("saved_tracks");
    expect(Object.keys(rows)).to.deep.equal(tablesOf("saved_tracks").map(({ name }) => name));
    expect(Object.values(rows).flat()).to.deep.equal([]);
  });

  it("shows a read whose pages and closing record lie in several objects, in any order", async () => {
    const read = { stream: "playlist_items", container: "p1", version: "s1", read_seq: 7 };
    const head = header(read);
    const objects: RawLine[][] = [
      [head, page(items("t1", "t2"), { read_seq: 7 })],
      [head, page(items("t3"), { read_seq: 7, offset: 2, date: "Wed, 04 Mar 2026 06:00:00 GMT" })],
      [close(3, { read_seq: 7, container: "p1", version: "s1", pages: 2 })],
    ];
    const rows = await build("playlist_items", ...objects);
    expect(
      rows.playlist_items!.map((row) => [row.item_position, row.track_id, row.fetched_at]),
    ).to.deep.equal([
      [0, "t1", dateMs],
      [1, "t2", dateMs],
      [2, "t3", Date.UTC(2026, 2, 4, 6)],
    ]);
    expect(rows.container_reads).to.deep.equal([
      {
        listener_id: "me",
        read_seq: 7,
        stream: "playlist_items",
        container_id: "p1",
        read_kind: "full",
        library_version: 7,
        container_version: "s1",
        completed_at: Date.UTC(2026, 2, 4, 5, 7, 0, 250),
        row_count: 3,
        skipped_count: 0,
        page_count: 2,
        source: "playlist_items",
        snapshot_date: day,
        run_id: "run-1",
        fetched_at: Date.UTC(2026, 2, 4, 5, 7, 0, 250),
      },
    ]);
    expect(await build("playlist_items", ...objects.reverse())).to.deep.equal(rows);
  });

  it("parses answers once, unless not all is as it is most often", async () => {
    const head = header({ stream: "saved_tracks" });
    const first = [head, page(saved("a", "b"))];
    const rest = [head, page(saved("c"), { offset: 2 }), close(3, { pages: 2 })];
    const passes = async (...objects: RawLine[][]) => {
      const read: string[] = [];
      const made = async function* (kind: string, key: string) {
        read.push(`${kind} ${key}`);
        yield* objects[Number(key)]!;
      };
      const raw = {
        lines: (key: string) => made("lines", key),
        outlines: (key: string) => made("outlines", key),
      };
      const keys = objects.map((_, index) => String(index));
      const built = await buildRows({ listener: "me", slug: "saved_tracks", day }, keys, raw);
      return { read, ids: [...built.rows.saved_tracks!].map(({ track_id }) => track_id) };
    };
    expect(await passes([...first, ...rest])).to.deep.equal({ read: ["lines 0"], ids: ["a", "b", "c"] });
    expect(await passes(first, rest)).to.deep.equal({
      read: ["outlines 1", "lines 0", "lines 1"],
      ids: ["a", "b", "c"],
    });
    // The closing record comes first, so the last object lacks it.
    expect(await passes(rest, first)).to.deep.equal({
      read: ["outlines 1", "outlines 0", "outlines 1", "lines 0", "lines 1"],
      ids: ["a", "b", "c"],
    });
    const open = { read: ["lines 0", "outlines 0", "lines 0"], ids: [] };
    expect(await passes(first)).to.deep.equal(open);
    // More entries than positions: the last one does not count.
    expect(await passes([head, page(saved("a", "b")), close(1)])).to.deep.equal({ ...open, ids: ["a"] });
  });

  it("shows nothing of a read that is not closed, or lacks a page: no entities either", async () => {
    const head = header({ stream: "saved_tracks" });
    for (const objects of [
      [[head, page(saved("t1"))]],
      [[head, page(saved("t1")), close(100, { pages: 2 })]],
      [[head, page(saved("t1")), page(saved("t1")), close(100, { pages: 2 })]],
      [[head, page(saved("t1")), close(1, { read_seq: 2 })]],
      [[close(1)]],
    ]) {
      expect(Object.values(await build("saved_tracks", ...objects)).flat()).to.deep.equal([]);
    }
  });

  it("ends an additions read inside its last page", async () => {
    const head = header({ stream: "saved_tracks", read_seq: 9, read_kind: "additions", library_version: 4 });
    const lines = [head, page(saved("t1", "t2", "t3"), { read_seq: 9 }), close(2, { read_seq: 9 })];
    const rows = await build("saved_tracks", lines);
    expect(rows.saved_tracks!.map((row) => [row.track_id, row.library_version])).to.deep.equal([
      ["t1", 4],
      ["t2", 4],
    ]);
    expect(rows.tracks!.map((row) => row.track_id)).to.deep.equal(["t1", "t2"]);
    expect(rows.container_reads![0]).to.include({ read_kind: "additions", library_version: 4, row_count: 2 });
  });

  it("shows an empty container as read, with no rows", async () => {
    const rows = await build("saved_tracks", [header({ stream: "saved_tracks" }), page([]), close(0)]);
    expect(rows.container_reads![0]).to.include({ row_count: 0, skipped_count: 0, page_count: 1 });
    expect(rows.saved_tracks).to.deep.equal([]);
  });

  it("counts what has no row, with its reason and position", async () => {
    const rows = await build("playlists", [
      header(),
      page([playlist("p1"), null, { name: "x" }, playlist("p4"), playlist("p5")]),
      page([playlist("p7")], { offset: 7 }),
      close(9, { pages: 2 }),
    ]);
    expect(rows.playlists!.map((row) => [row.playlist_id, row.list_position])).to.deep.equal([
      ["p1", 0],
      ["p4", 3],
      ["p5", 4],
      ["p7", 7],
    ]);
    expect(rows.container_reads![0]).to.include({ row_count: 4, skipped_count: 5 });
    expect(rows.skips!.map((row) => [row.item_position, row.reason, row.skipped_count])).to.deep.equal([
      [1, "null_entry", 1],
      [2, "no_id", 1],
      [5, "not_returned", 2],
      [8, "not_returned", 1],
    ]);
    expect(rows.skips![0]).to.include({
      stream: "playlists",
      container_id: "playlists",
      source: "playlists",
    });
  });

  it("prefers extract's own word on what was not returned", async () => {
    const own = skip({ container: "playlists", position: 1, reason: "not_returned", message: "short page" });
    const rows = await build("playlists", [header(), page([playlist("p1")]), close(2)], [own]);
    expect(rows.skips!.map((row) => row.message)).to.deep.equal(["short page"]);
  });

  it("keeps two reads of one day apart, and the newer entities of both", async () => {
    const read = (read_seq: number, name: string) => [
      header({ stream: "playlist_items", container: "p1", read_seq }),
      page([{ item: track("t1", { name }) }], { read_seq }),
      close(1, { read_seq, container: "p1" }),
    ];
    const rows = await build("playlist_items", read(2, "new"), read(1, "old"));
    expect(rows.playlist_items!.map((row) => [row.read_seq, row.item_name])).to.deep.equal([
      [1, "old"],
      [2, "new"],
    ]);
    expect(rows.tracks!.map((row) => [row.read_seq, row.name])).to.deep.equal([[2, "new"]]);
    expect(rows.container_reads).to.have.length(2);
  });

  it("has one row per key, though a page lies there twice", async () => {
    const part = [header(), page([playlist("p1"), playlist("p1"), playlist("p2")])];
    const rows = await build("playlists", part, part, [close(3)]);
    expect(rows.playlists!.map((row) => row.playlist_id)).to.deep.equal(["p1", "p2"]);
    expect(rows.container_reads![0]).to.include({ row_count: 2, skipped_count: 1 });
  });

  it("shows an object line at once, and skips one without an id", async () => {
    const profile = await build("profile", [header({ stream: "profile" }), object({ id: "una" })]);
    expect(profile.profiles!.map((row) => row.user_id)).to.deep.equal(["una"]);
    const none = await build("profile", [header({ stream: "profile" }), object(null)]);
    expect(none.profiles).to.deep.equal([]);
    expect(none.skips![0]).to.include({ reason: "null_entry", item_position: -1, skipped_count: 1 });
  });

  it("reads a source playlist: its description, and its items once they are closed", async () => {
    const stream = "playlist:p1";
    const lines = [
      header({ stream, container: "p1", version: "s1" }),
      object(playlist("p1")),
      page(items("t1")),
    ];
    const open = await build(stream, lines);
    expect(open.playlists!.map((row) => [row.playlist_id, row.list_position, row.source])).to.deep.equal([
      ["p1", null, stream],
    ]);
    expect(open.playlist_items).to.deep.equal([]);
    const rows = await build(stream, lines, [close(1, { container: "p1" })]);
    expect(rows.playlist_items).to.have.length(1);
    expect(rows.container_reads![0]).to.include({ stream, container_id: "p1", row_count: 1 });
  });

  it("has rows of skips and runs", async () => {
    const { skips } = await build("playlist_items", [skip({ stream: "playlist_items" })]);
    expect(skips).to.deep.equal([
      {
        listener_id: "me",
        stream: "playlist_items",
        container_id: "p9",
        container_name: "Not mine",
        item_position: -1,
        reason: "not_owned",
        http_status: 403,
        message: "Forbidden",
        skipped_count: 1,
        until: Date.UTC(2026, 3, 3),
        source: "playlist_items",
        snapshot_date: day,
        run_id: "run-1",
        fetched_at: Date.UTC(2026, 2, 4, 5, 6, 8),
      },
    ]);
    const { extract_runs } = await build("extract_runs", [run()]);
    expect(extract_runs).to.have.length(1);
    expect(extract_runs![0]).to.include({
      listener_id: "me",
      event_id: "event-1",
      duration_ms: 61_500,
      status: "complete",
      stop_reason: null,
      calls: 12,
      not_before: null,
      source: "extract_runs",
      fetched_at: Date.UTC(2026, 2, 4, 5, 7, 1, 500),
    });
  });

  it("takes the day's first moment where the Date header is none", async () => {
    const lines = [header({ stream: "profile" }), object({ id: "una" }, { date: "" })];
    const { profiles } = await build("profile", lines);
    expect(profiles![0]!.fetched_at).to.equal(Date.UTC(2026, 2, 4));
  });

  for (const [what, stream, lines, words] of [
    ["another listener's line", "playlists", [header({ listener: "you" })], "line 1: it is of listener you"],
    ["another stream's read", "playlists", [header({ stream: "profile" })], "line 1: it is of profile"],
    ["a page without a header", "playlists", [page([])], "line 1: no header of read 1 stands before it"],
    [
      "a page in a stream without",
      "profile",
      [header({ stream: "profile" }), page([])],
      "line 2: page lines have no place",
    ],
    ["a run in another stream", "playlists", [run()], "run lines have no place in stream playlists"],
    ["a gap in another stream", "saved_tracks", [gap()], "gap lines have no place in stream saved_tracks"],
    ["another listener's gap", "recently_played", [gap({ listener: "you" })], "it is of listener you"],
    [
      "a page of plays",
      "recently_played",
      [header({ stream: "recently_played" }), page([])],
      "line 2: page lines have no place",
    ],
    [
      "an object where only pages belong",
      "top_items",
      [header({ stream: "top_items" }), object({})],
      "line 2: object lines have no place",
    ],
    ["a skip where no table takes it", "extract_runs", [skip()], "skip lines have no place"],
  ] as [string, string, RawLine[], string][]) {
    it(`refuses ${what}`, async () => expect(await refusal(stream, lines)).to.include(words));
  }

  it("refuses a page whose header stands only in another object", async () => {
    expect(await refusal("playlists", [header(), page([])], [page([], { offset: 50 })])).to.include(
      "object 1, line 1",
    );
  });
});
