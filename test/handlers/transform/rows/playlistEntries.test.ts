import { expect } from "chai";
import { listedPlaylist, playlistItem, playlistRow } from "../../../../handlers/transform/rows/entries";
import { dateMs, playlist, track, day } from "../../../support/rawObjects";
import { head, provenance, skipped } from "./entryProvenance";

describe("playlistItem", () => {
  const rowOf = (entry: unknown) => playlistItem(entry, 4, provenance, head).made!.row!;
  const added = { added_at: "2020-01-02T03:04:05Z", added_by: { id: "u2" } };

  it("makes a row of a track", () => {
    const { made, track: taken } = playlistItem(
      { ...added, is_local: false, item: track("t1") },
      4,
      provenance,
      head,
    );
    expect(made?.row).to.deep.equal({
      listener_id: "me",
      read_seq: 1,
      playlist_id: "p1",
      item_position: 4,
      item_type: "track",
      track_id: "t1",
      episode_id: null,
      item_uri: "spotify:track:t1",
      item_name: "Track t1",
      artist_name: "Ann",
      album_name: "Album",
      duration_ms: 200000,
      added_at: Date.UTC(2020, 0, 2, 3, 4, 5),
      added_by_id: "u2",
      is_local: false,
      snapshot_id: "s1",
      source: "playlist_items",
      snapshot_date: day,
      run_id: "run-1",
      fetched_at: dateMs,
    });
    expect(taken).to.deep.equal(track("t1"));
  });

  it("makes the same row of both shapes, and of both at once", () => {
    const now = rowOf({ ...added, item: track("t1") });
    expect(rowOf({ ...added, track: track("t1") })).to.deep.equal(now);
    expect(rowOf({ ...added, item: track("t1"), track: track("t1") })).to.deep.equal(now);
    expect(rowOf({ ...added, item: null, track: track("t1") })).to.deep.equal(now);
    expect(rowOf({ ...added, item: track("t1"), track: true })).to.deep.equal(now);
  });

  const local = {
    ...track("x", { id: null, uri: "spotify:local:Ann::Song:253", is_local: true }),
    artists: [{ id: null, name: "Ann" }],
    album: { id: null, name: "", release_date: null, album_type: null, artists: [] },
  };
  const unavailable = { item_type: "unavailable", track_id: null, episode_id: null, is_local: false };
  for (const [what, entry, expected] of [
    ["a null entry", null, { ...unavailable, item_name: null, added_at: null }],
    ["an entry that is text", "x", unavailable],
    ["a null item", { ...added, item: null }, { ...unavailable, item_name: null, added_by_id: "u2" }],
    ["a null item under the old name", { ...added, track: null }, unavailable],
    ["a null item that is said to be local", { is_local: true, item: null }, unavailable],
    ["a track without id", { item: track("x", { id: null }) }, { ...unavailable, item_name: "Track x" }],
    ["a chapter", { item: { id: "c1", type: "chapter", name: "One" } }, { ...unavailable, item_name: "One" }],
    [
      "a track without type",
      { item: track("t1", { type: undefined }) },
      { item_type: "track", track_id: "t1" },
    ],
    [
      "a local file",
      { ...added, is_local: true, track: local },
      {
        item_type: "local",
        is_local: true,
        track_id: null,
        item_uri: "spotify:local:Ann::Song:253",
        artist_name: "Ann",
        album_name: "",
      },
    ],
    ["a local file that the entry does not mark", { track: local }, { item_type: "local", is_local: true }],
    [
      "a local file known by its uri",
      { track: { ...local, is_local: undefined } },
      { item_type: "local", is_local: true },
    ],
    [
      "an episode",
      { item: { id: "e1", type: "episode", name: "Talk", show: { name: "Show" }, duration_ms: 9 } },
      {
        item_type: "episode",
        episode_id: "e1",
        track_id: null,
        item_name: "Talk",
        album_name: "Show",
        artist_name: null,
        duration_ms: 9,
      },
    ],
    [
      "an episode that is typed as a track, without album and artists",
      { track: { id: "e1", type: "track", episode: true, track: false, name: "Talk" } },
      { item_type: "episode", episode_id: "e1", track_id: null, album_name: null, artist_name: null },
    ],
    [
      "a track with no album",
      { item: track("t1", { album: null }) },
      { item_type: "track", album_name: null },
    ],
    ["a track with an empty name", { item: track("t1", { name: "" }) }, { item_name: "" }],
    ["a track with no artists", { item: track("t1", { artists: null }) }, { artist_name: null }],
    ["an entry with null added_at", { added_at: null, item: track("t1") }, { added_at: null }],
    ["an entry added in 1970", { added_at: "1970-01-01T00:00:00Z", item: track("t1") }, { added_at: null }],
    ["an entry with null added_by", { added_by: null, item: track("t1") }, { added_by_id: null }],
    [
      "an entry with an empty added_by id",
      { added_by: { id: "" }, item: track("t1") },
      { added_by_id: null },
    ],
    [
      "a track with fields of wrong types",
      { item: track("t1", { duration_ms: "long", name: 7 }) },
      { duration_ms: null, item_name: null },
    ],
  ] as [string, unknown, object][]) {
    it(`makes a row of ${what}`, () => expect(rowOf(entry)).to.include(expected));
  }

  it("has an entity for tracks only", () => {
    for (const entry of [null, { item: null }, { track: local }, { item: { id: "e1", type: "episode" } }]) {
      expect(playlistItem(entry, 0, provenance, head).track).to.equal(undefined);
    }
  });
});

describe("listedPlaylist", () => {
  const rowOf = (entry: unknown) => listedPlaylist(entry, 3, provenance).made?.row;

  it("makes a row of a playlist", () => {
    expect(rowOf(playlist("p1"))).to.deep.include({
      playlist_id: "p1",
      list_position: 3,
      name: "List p1",
      description: "",
      owner_id: "u1",
      owner_name: "Una",
      is_public: true,
      is_collaborative: false,
      snapshot_id: "s-p1",
      item_count: 3,
      image_url: "https://images.example/p1",
    });
  });

  for (const [what, fields, expected] of [
    ["the old shape", { items: undefined, tracks: { total: 8 } }, { item_count: 8 }],
    ["both shapes", { items: { total: 8 }, tracks: { total: 8 } }, { item_count: 8 }],
    ["no count", { items: null }, { item_count: null }],
    ["images null", { images: null }, { image_url: null }],
    ["no images", { images: [] }, { image_url: null }],
    ["public null", { public: null }, { is_public: null }],
    ["an empty name", { name: "" }, { name: "" }],
    ["no owner", { owner: null }, { owner_id: null, owner_name: null }],
  ] as [string, object, object][]) {
    it(`takes ${what}`, () => expect(rowOf({ ...playlist("p1"), ...fields })).to.include(expected));
  }

  it("skips null entries and what has no id", () => {
    expect(skipped(listedPlaylist(null, 0, provenance))).to.deep.equal({ skip: "null_entry" });
    expect(skipped(listedPlaylist([], 0, provenance))).to.deep.equal({ skip: "null_entry" });
    expect(skipped(listedPlaylist({ name: "x" }, 0, provenance))).to.deep.equal({ skip: "no_id" });
  });

  it("has no position in a list if it was asked for by itself", () => {
    expect(playlistRow(playlist("p1"), null, provenance).row).to.include({
      playlist_id: "p1",
      list_position: null,
    });
  });
});
