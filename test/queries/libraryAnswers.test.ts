import { expect } from "chai";
import type { Row } from "../../schemas";
import { Answers } from "../support/answers";
import { entries, ms, playlist, read } from "../support/listRows";

const saved = (id: string, added_at: string, more: Row = {}): Row => ({
  ...{ listener_id: "me", read_seq: 90, library_version: 90, list_position: 0, item_type: "track" },
  ...{ track_id: id, item_uri: `spotify:track:${id}`, item_name: `Track ${id}`, artist_name: "Ann" },
  added_at: ms(added_at),
  ...more,
});

const savedRead = (rows: number) =>
  read(90, 1, rows, { stream: "saved_tracks", container_id: "saved_tracks" });

/** What lists hold and how they change, by hand: duplicates, versions, what is old and what is half there. */
describe("views and named queries, of lists and how they change", () => {
  let answers: Answers;
  beforeEach(async () => {
    answers = await Answers.open("Europe/Berlin");
  });
  afterEach(() => answers.close());

  it("playlist_growth has the last whole read of each day", async () => {
    await answers.setRows("playlists", [playlist("p1", "Mix")]);
    const morning = { completed_at: ms("2026-03-02T06:00:00Z") };
    await answers.setRows("container_reads", [
      read(1, 1, 1),
      read(2, 2, 3, morning),
      read(3, 2, 4),
      read(4, 5, 2),
    ]);
    await answers.setRows("playlist_items", [
      ...entries(1, ["a"]),
      ...entries(2, ["a", "b", "c"]),
      ...entries(3, ["a", "b", "c", "d"]),
      ...entries(4, ["a", "b"]),
    ]);
    expect(await answers.answer("playlist_growth")).to.deep.equal([
      ["me", "Mix", "2026-03-01", 1, null, "p1"],
      ["me", "Mix", "2026-03-02", 4, 3, "p1"],
      ["me", "Mix", "2026-03-05", 2, -2, "p1"],
    ]);
  });

  it("playlist_overlap and duplicates_in_playlists count tracks, not entries", async () => {
    await answers.setRows(
      "playlists",
      ["p1", "p2", "p3"].map((id) => playlist(id, `List ${id}`)),
    );
    const inList = (seq: number, items: string[]) => entries(seq, items, { playlist_id: `p${seq}` });
    await answers.setRows("container_reads", [
      read(1, 1, 4),
      read(2, 1, 3, { container_id: "p2" }),
      read(3, 1, 1, { container_id: "p3" }),
    ]);
    await answers.setRows("playlist_items", [
      ...inList(1, ["a", "b", "a", "c"]),
      ...inList(2, ["a", "c", "?"]),
      ...inList(3, ["d"]),
    ]);
    expect(await answers.answer("playlist_overlap")).to.deep.equal([
      ["me", 1, "List p1", "List p2", 2, 1, "p1", "p2"],
    ]);
    expect(await answers.answer("duplicates_in_playlists")).to.deep.equal([
      ["me", "List p1", "a", null, 2, 1, 3],
    ]);
  });

  it("lists of the library take limit and listener", async () => {
    const items = ["a", "b", "c"];
    const owned = (listener_id: string, seq: number) => ({
      read: read(seq, 1, items.length, { listener_id, container_id: `p${seq}` }),
      rows: entries(seq, items, { listener_id, playlist_id: `p${seq}` }),
    });
    const lists = [owned("ann", 1), owned("ann", 2), owned("me", 3), owned("me", 4), owned("me", 5)];
    await answers.setRows(
      "playlists",
      lists.map(({ read: { listener_id = null } }, at) =>
        playlist(`p${at + 1}`, `List ${at + 1}`, { listener_id }),
      ),
    );
    await answers.setRows(
      "container_reads",
      lists.map((list) => list.read),
    );
    await answers.setRows(
      "playlist_items",
      lists.flatMap(({ rows }) => rows),
    );
    await answers.setRows(
      "tracks",
      items.map((track_id, at) => ({
        track_id,
        read_seq: 1,
        name: `Track ${track_id}`,
        duration_ms: 60_000 + at,
      })),
    );
    const credits = items.flatMap((track_id) =>
      ["x", "y", "z"].map((artist_id) => ({ track_id, artist_id })),
    );
    await answers.setRows(
      "track_artists",
      credits.map((credit, at) => ({
        ...credit,
        read_seq: 1,
        artist_position: at % 3,
        artist_name: credit.artist_id,
      })),
    );
    for (const [name, first, second] of [
      ["artist_pairs", ["x", "y", 3], ["x", "z", 3]],
      ["library_artists", ["x", 3, 0], ["y", 3, 0]],
      ["playlist_overlap", ["List 3", "List 4", 3], ["List 3", "List 5", 3]],
    ] as const) {
      const rows = async (values: Record<string, string>) =>
        (await answers.answer(name, values)).map((row) => row.slice(0, 5));
      expect(await rows({ listener: "me", limit: "2" }), name).to.deep.equal([
        ["me", 1, ...first],
        ["me", 2, ...second],
      ]);
      expect((await rows({ limit: "1" })).map((row) => row[0])).to.deep.equal(["ann", "me"]);
      expect(await rows({ listener: "bob" })).to.deep.equal([]);
    }
    expect(await answers.answer("longest_and_shortest", { listener: "me", limit: "1" })).to.deep.equal([
      ["me", "longest", 1, "Track c", null, "1:00"],
      ["me", "shortest", 1, "Track a", null, "1:00"],
    ]);
  });

  it("forgotten_favourites were saved half a year ago, and not heard since by id or by title", async () => {
    const rows = [
      saved("new", "2026-01-01T00:00:00Z"),
      saved("never", "2025-01-01T00:00:00Z"),
      saved("long_ago", "2025-01-02T00:00:00Z"),
      saved("lately", "2025-01-03T00:00:00Z"),
      saved("relinked", "2025-01-04T00:00:00Z"),
      saved("on the day", "2025-12-31T23:30:00Z"),
    ].map((row, list_position) => ({ ...row, list_position }));
    await answers.setRows("container_reads", [savedRead(rows.length)]);
    await answers.setRows("saved_tracks", rows);
    const play = (id: string, played_at: string, more: Row = {}): Row => ({
      ...{
        listener_id: "me",
        read_seq: 1,
        played_at: ms(played_at),
        track_id: id,
        item_uri: `spotify:track:${id}`,
      },
      ...{ track_name: `Track ${id}`, artist_name: "Ann", duration_ms: 60_000, ...more },
    });
    await answers.setRows("plays", [
      play("long_ago", "2025-12-01T12:00:00Z"),
      play("long_ago", "2025-12-31T12:00:00Z"),
      play("lately", "2025-12-01T12:00:00Z"),
      play("lately", "2026-01-02T12:00:00Z"),
      play("other", "2026-03-01T12:00:00Z", { track_name: "Track relinked" }),
      // Played after the day that is asked for.
      play("never", "2026-07-01T12:00:00Z"),
    ]);
    // 2026-06-30 is 180 days after 2026-01-01, the day in Berlin on which "on the day" was saved.
    expect(await answers.answer("forgotten_favourites", { as_of: "2026-06-30" })).to.deep.equal([
      ["me", "Track long_ago", "Ann", "2025-01-02", "2025-12-31", 2],
      ["me", "Track never", "Ann", "2025-01-01", null, 0],
      ["me", "Track new", "Ann", "2026-01-01", null, 0],
      ["me", "Track on the day", "Ann", "2026-01-01", null, 0],
    ]);
    const dayBefore = await answers.answer("forgotten_favourites", { as_of: "2026-06-29" });
    expect(dayBefore.map((row) => row[1])).to.deep.equal(["Track long_ago", "Track never"]);
  });

  it("saved_per_month goes by the months of the time zone", async () => {
    const rows = [
      saved("a", "2026-01-31T22:59:59Z"),
      saved("b", "2026-01-31T23:00:00Z"),
      saved("c", "2026-02-10T00:00:00Z", { artist_name: "Bob" }),
    ].map((row, list_position) => ({ ...row, list_position }));
    await answers.setRows("container_reads", [savedRead(rows.length)]);
    await answers.setRows("saved_tracks", rows);
    expect(await answers.answer("saved_per_month")).to.deep.equal([
      ["me", "2026-01-01", 1, 1],
      ["me", "2026-02-01", 2, 2],
    ]);
  });

  it("track_history has versions from valid_from to valid_to, whatever single answers leave out", async () => {
    const seen = (track_id: string, read_seq: number, more: Row): Row => ({
      ...{ track_id, read_seq, name: "One", primary_artist_name: "Ann", artist_count: 1, is_explicit: false },
      fetched_at: ms(`2026-03-0${read_seq}T00:00:00Z`),
      ...more,
    });
    await answers.setRows("tracks", [
      seen("t1", 1, { album_name: "A" }),
      // An answer without an album, then one that says first whether it can be played.
      seen("t1", 2, {}),
      seen("t1", 3, { album_name: "A", is_playable: true }),
      seen("t1", 4, { album_name: "B", is_playable: true }),
      seen("t1", 5, {}),
      seen("t1", 6, { album_name: "B", is_playable: false, name: "Two" }),
      seen("t2", 1, {}),
      seen("t2", 2, {}),
    ]);
    expect(await answers.answer("track_history")).to.deep.equal([
      ["t1", 1, "One", "Ann", "A", false, null, "2026-03-01 01:00:00", "2026-03-04 01:00:00"],
      ["t1", 2, "One", "Ann", "B", false, true, "2026-03-04 01:00:00", "2026-03-06 01:00:00"],
      ["t1", 3, "Two", "Ann", "B", false, false, "2026-03-06 01:00:00", null],
    ]);
    const all = await answers.answer("track_history", { at_least: "1" });
    expect(all.at(-1)).to.deep.equal(["t2", 1, "One", "Ann", null, false, null, "2026-03-01 01:00:00", null]);
  });

  it("rank_movement compares with the newest list that is a week older", async () => {
    const top = (read_seq: number, dayOfMarch: number, ...ids: string[]) => ({
      read: read(read_seq, dayOfMarch, ids.length, {
        stream: "top_items",
        container_id: "tracks:short_term",
      }),
      rows: ids.map((item_id, place): Row => ({
        ...{ listener_id: "me", read_seq, item_type: "track", time_range: "short_term" },
        ...{ item_rank: place + 1, item_id, item_name: `Track ${item_id}` },
      })),
    });
    const lists = [
      top(1, 1, "x"),
      top(2, 2, "a", "b", "c", "d"),
      top(3, 5, "x"),
      top(4, 9, "b", "a", "c", "e"),
    ];
    await answers.setRows(
      "container_reads",
      lists.map((list) => list.read),
    );
    await answers.setRows(
      "top_items",
      lists.flatMap((list) => list.rows),
    );
    const moved = async (as_of: string) =>
      (await answers.answer("rank_movement", { as_of })).map((row) => row.slice(3));
    expect(await moved("2026-03-09")).to.deep.equal([
      [1, 2, 1, "up", "Track b"],
      [2, 1, -1, "down", "Track a"],
      [3, 3, 0, "same", "Track c"],
      [4, null, null, "new", "Track e"],
      [null, 4, null, "gone", "Track d"],
    ]);
    // Nothing is a week older yet.
    expect(await moved("2026-03-07")).to.deep.equal([]);
  });
});
