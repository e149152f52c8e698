import { expect } from "chai";
import {
  followedArtist,
  listedPlaylist,
  play,
  playlistItem,
  playlistRow,
  profileRow,
  savedAlbum,
  savedTrack,
  topItem,
  type EntryResult,
} from "../../../../handlers/transform/rows/entries";
import { provenanceOf } from "../../../../handlers/transform/rows/provenance";
import { album, artist, dateMs, header, played, playlist, track } from "../../../support/rawObjects";

const head = header({ stream: "playlist_items", container: "p1", version: "s1" });
const provenance = provenanceOf(head, dateMs);

/** The rest of the result of an entry that gets no row. */
function skipped({ made, ...rest }: EntryResult): Omit<EntryResult, "made"> {
  expect(made?.row).to.equal(undefined);
  return rest;
}

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

describe("savedTrack", () => {
  const read = (entry: unknown) => savedTrack(entry, 2, provenance);

  it("makes a row of a track", () => {
    const { made, track: taken } = read({ added_at: "2020-01-02T03:04:05Z", track: track("t1") });
    expect(made?.row).to.include({
      library_version: 1,
      list_position: 2,
      item_type: "track",
      track_id: "t1",
      item_uri: "spotify:track:t1",
      artist_name: "Ann",
      added_at: Date.UTC(2020, 0, 2, 3, 4, 5),
    });
    expect(taken).to.include({ id: "t1" });
  });

  it("makes a row of a local file, which is no entity", () => {
    const result = read({ track: { id: null, is_local: true, name: "Mine", uri: "spotify:local:x" } });
    expect(result.made?.row).to.include({ item_type: "local", track_id: null, item_name: "Mine" });
    expect(result.track).to.equal(undefined);
  });

  for (const [entry, skip] of [
    [null, "null_entry"],
    [{ added_at: "2020-01-02T03:04:05Z", track: null }, "null_entry"],
    [{ track: true }, "null_entry"],
    [{ track: track("t1", { id: "" }) }, "no_id"],
    [{ track: { id: "e1", type: "episode" } }, "no_id"],
  ] as const) {
    it(`skips ${JSON.stringify(entry)?.slice(0, 40)} as ${skip}`, () => {
      expect(skipped(read(entry))).to.deep.equal({ skip });
    });
  }
});

describe("savedAlbum", () => {
  const read = (entry: unknown) => savedAlbum(entry, 2, provenance);

  it("makes a row of an album and has it as an entity", () => {
    const { made, album: taken } = read({ added_at: "2020-01-02T03:04:05Z", album: album("al1") });
    expect(made?.row).to.deep.equal({
      listener_id: "me",
      read_seq: 1,
      library_version: 1,
      list_position: 2,
      album_id: "al1",
      item_uri: "spotify:album:al1",
      album_name: "Album al1",
      artist_name: "Ann",
      added_at: Date.UTC(2020, 0, 2, 3, 4, 5),
      source: "playlist_items",
      run_id: "run-1",
      fetched_at: dateMs,
    });
    expect(taken).to.deep.equal(album("al1"));
  });

  it("has NULL where a field is missing or of a wrong type", () => {
    const odd = { added_at: 5, album: { id: "al1", name: 7, artists: "Ann", uri: "" } };
    expect(read(odd).made?.row).to.include({
      album_name: null,
      artist_name: null,
      item_uri: null,
      added_at: null,
    });
  });

  for (const [entry, skip] of [
    [null, "null_entry"],
    [{ added_at: "2020-01-02T03:04:05Z", album: null }, "null_entry"],
    [{ album: "al1" }, "null_entry"],
    [{ album: { id: null, name: "x" } }, "no_id"],
    [{ album: { id: 7 } }, "no_id"],
  ] as const) {
    it(`skips ${JSON.stringify(entry)} as ${skip}`, () =>
      expect(skipped(read(entry))).to.deep.equal({ skip }));
  }
});

describe("followedArtist", () => {
  const read = (entry: unknown) => followedArtist(entry, 3, provenance);

  it("makes a row of an artist and has it as an entity", () => {
    const { made, artist: taken } = read(artist("a1"));
    expect(made?.row).to.include({
      listener_id: "me",
      list_position: 3,
      artist_id: "a1",
      artist_name: "Artist a1",
    });
    expect(taken).to.deep.equal(artist("a1"));
    expect(read({ id: "a1", name: null }).made?.row).to.include({ artist_id: "a1", artist_name: null });
  });

  it("skips null entries and what has no id", () => {
    expect(skipped(read(null))).to.deep.equal({ skip: "null_entry" });
    expect(skipped(read("a1"))).to.deep.equal({ skip: "null_entry" });
    expect(skipped(read({ name: "x" }))).to.deep.equal({ skip: "no_id" });
  });
});

describe("topItem", () => {
  const read = (container: string, entry: unknown) => topItem(entry, 0, provenance, header({ container }));

  it("makes a row of a track or an artist, ranked from 1", () => {
    const ofTrack = read("tracks:short_term", track("t1"));
    expect(ofTrack.made?.row).to.include({
      item_type: "track",
      time_range: "short_term",
      item_rank: 1,
      item_id: "t1",
      item_name: "Track t1",
    });
    expect([ofTrack.track, ofTrack.artist]).to.deep.equal([track("t1"), undefined]);
    const ofArtist = read("artists:long_term", artist("a1"));
    expect(ofArtist.made?.row).to.include({ item_type: "artist", time_range: "long_term", item_id: "a1" });
    expect([ofArtist.track, ofArtist.artist]).to.deep.equal([undefined, artist("a1")]);
  });

  it("skips null entries and what has no id", () => {
    expect(skipped(read("tracks:short_term", null))).to.deep.equal({ skip: "null_entry" });
    expect(skipped(read("artists:short_term", { id: "" }))).to.deep.equal({ skip: "no_id" });
  });
});

describe("play", () => {
  const at = "2026-03-04T01:00:00.123Z";
  const read = (entry: unknown) => play(entry, 0, provenance);

  it("makes a row of a play and has its track as an entity", () => {
    const { made, track: taken } = read(played("t1", at));
    expect(made?.row).to.deep.equal({
      listener_id: "me",
      read_seq: 1,
      played_at: Date.UTC(2026, 2, 4, 1, 0, 0, 123),
      track_id: "t1",
      item_uri: "spotify:track:t1",
      track_name: "Track t1",
      artist_name: "Ann",
      album_name: "Album",
      duration_ms: 200000,
      context_type: "playlist",
      context_uri: "spotify:playlist:p1",
      source: "playlist_items",
      run_id: "run-1",
      fetched_at: dateMs,
    });
    expect(taken).to.deep.equal(track("t1"));
  });

  const local = { id: null, is_local: true, name: "Mine", uri: "spotify:local:x" };
  for (const [what, fields, expected] of [
    ["a null context", { context: null }, { context_type: null, context_uri: null }],
    ["an odd context", { context: { type: 7, uri: "" } }, { context_type: null, context_uri: null }],
    ["a null album", { track: track("t1", { album: null }) }, { track_id: "t1", album_name: null }],
    [
      "fields of wrong types",
      { track: track("t1", { name: 7, duration_ms: "long", artists: {} }) },
      { track_name: null, duration_ms: null, artist_name: null },
    ],
    ["no uri", { track: track("t1", { uri: undefined }) }, { item_uri: "spotify:track:t1" }],
    ["a local file", { track: local }, { track_id: null, item_uri: "spotify:local:x", track_name: "Mine" }],
    [
      "an episode",
      { track: { id: "e1", type: "episode", uri: "spotify:episode:e1" } },
      { track_id: null, item_uri: "spotify:episode:e1" },
    ],
  ] as [string, Record<string, unknown>, object][]) {
    it(`takes ${what}`, () => expect(read(played("t1", at, fields)).made?.row).to.include(expected));
  }

  it("has an entity for tracks only", () => {
    expect(read(played("t1", at, { track: local })).track).to.equal(undefined);
  });

  for (const [entry, skip] of [
    [null, "null_entry"],
    [played("t1", at, { track: null }), "null_entry"],
    [played("t1", "yesterday"), "no_time"],
    [played("t1", at, { played_at: null }), "no_time"],
    [played("t1", at, { track: { name: "x" } }), "no_id"],
  ] as const) {
    it(`skips ${JSON.stringify(entry)?.slice(-60)} as ${skip}`, () => {
      expect(skipped(read(entry))).to.deep.equal({ skip });
    });
  }
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

describe("profileRow", () => {
  it("takes all fields, where Spotify gives them", () => {
    const profile = {
      id: "una",
      account_id: "acc",
      display_name: "Una",
      country: "DE",
      product: "premium",
      followers: { total: 5 },
      images: [{ url: "https://images.example/una" }],
    };
    expect(profileRow(profile, provenance).row).to.include({
      listener_id: "me",
      user_id: "una",
      account_id: "acc",
      display_name: "Una",
      country: "DE",
      product: "premium",
      follower_count: 5,
      image_url: "https://images.example/una",
    });
  });

  it("takes what development mode leaves, and needs the id", () => {
    expect(profileRow({ id: "una", display_name: null }, provenance).row).to.include({
      user_id: "una",
      country: null,
    });
    expect(profileRow({ display_name: "Una" }, provenance).row).to.equal(undefined);
  });
});
