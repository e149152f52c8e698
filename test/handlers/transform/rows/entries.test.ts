import { expect } from "chai";
import {
  followedArtist,
  play,
  profileRow,
  savedAlbum,
  savedTrack,
  topItem,
} from "../../../../handlers/transform/rows/entries";
import { album, artist, dateMs, header, played, track, day } from "../../../support/rawObjects";
import { provenance, skipped } from "./entryProvenance";

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
      snapshot_date: day,
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
      snapshot_date: day,
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
