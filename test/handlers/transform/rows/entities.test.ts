import { expect } from "chai";
import fc from "fast-check";
import { Entities } from "../../../../handlers/transform/rows/entities";
import { provenanceOf } from "../../../../handlers/transform/rows/provenance";
import { TableRows } from "../../../../handlers/transform/rows/tableRows";
import type { Row } from "../../../../schemas";
import { entityTables } from "../../../../schemas/quality";
import { album, artist, dateMs, day, header, track } from "../../../support/rawObjects";

const provenance = (readSeq: number) =>
  provenanceOf(header({ stream: "saved_tracks", read_seq: readSeq }), day, dateMs);

/** The entities' rows by table. */
function rowsOf(entities: Entities): Record<string, Row[]> {
  return Object.fromEntries(
    entityTables.map((table) => {
      const { store, numbers } = entities.rowsOf(table);
      return [table, [...new TableRows(store, numbers)]];
    }),
  );
}

/** The rows of these tracks, each `[track, read_seq, position]`. */
function rowsOfTracks(...found: [Record<string, unknown>, number, number][]) {
  const entities = new Entities();
  for (const [item, readSeq, position] of found) entities.addTrack(item, provenance(readSeq), position);
  return rowsOf(entities);
}

describe("entities", () => {
  it("take a track, its album and the artists of both", () => {
    const rows = rowsOfTracks([
      track("t1", {
        artists: [
          { id: "a1", name: "Ann", uri: "spotify:artist:a1" },
          { id: "a2", name: "Bob" },
        ],
        popularity: 30,
        is_playable: true,
        linked_from: { id: "t0" },
      }),
      5,
      0,
    ]);
    expect(rows.tracks).to.have.length(1);
    expect(rows.tracks![0]).to.deep.equal({
      read_seq: 5,
      track_id: "t1",
      name: "Track t1",
      album_id: "al1",
      album_name: "Album",
      primary_artist_id: "a1",
      primary_artist_name: "Ann",
      artist_count: 2,
      duration_ms: 200000,
      is_explicit: false,
      disc_number: 1,
      track_number: 2,
      isrc: "ISRCt1",
      popularity: 30,
      is_playable: true,
      linked_from_id: "t0",
      uri: "spotify:track:t1",
      source: "saved_tracks",
      snapshot_date: day,
      run_id: "run-1",
      fetched_at: dateMs,
    });
    expect(
      rows.track_artists!.map((row) => [row.artist_position, row.artist_id, row.artist_name]),
    ).to.deep.equal([
      [0, "a1", "Ann"],
      [1, "a2", "Bob"],
    ]);
    expect(rows.albums![0]).to.include({
      album_id: "al1",
      primary_artist_name: "Ann",
      release_date: "1981-12",
      release_date_precision: "month",
      release_year: 1981,
      release_day: "1981-12-01",
      total_tracks: 9,
      label: null,
      popularity: null,
      image_url: "https://images.example/al1",
    });
    expect(rows.album_artists).to.have.length(1);
    expect(rows.artists!.map((row) => [row.artist_id, row.name, row.uri])).to.deep.equal([
      ["a1", "Ann", "spotify:artist:a1"],
      ["a2", "Bob", null],
    ]);
  });

  it("has one row of a track that stands twice", () => {
    const rows = rowsOfTracks([track("t1"), 1, 0], [track("t1"), 1, 7]);
    expect(
      [rows.tracks, rows.track_artists, rows.albums, rows.artists].map((one) => one!.length),
    ).to.deep.equal([1, 1, 1, 1]);
  });

  it("takes all credits from the read that won, not a mixture", () => {
    const two = track("t1", { artists: [{ id: "a1" }, { id: "a2" }] });
    const one = track("t1", { artists: [{ id: "a3" }] });
    for (const rows of [rowsOfTracks([two, 1, 0], [one, 2, 0]), rowsOfTracks([one, 2, 0], [two, 1, 0])]) {
      expect(rows.track_artists!.map((row) => [row.read_seq, row.artist_id])).to.deep.equal([[2, "a3"]]);
    }
  });

  it("has the credits of the best read alone, however many those before it had", () => {
    const credits = fc.array(fc.constantFrom("a1", "a2", "a3"), { maxLength: 3 });
    const reads = fc.array(fc.tuple(fc.constantFrom("t1", "t2"), credits), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(reads, (found) => {
        const rows = rowsOfTracks(
          ...found.map(([id, artists], read): [Record<string, unknown>, number, number] => [
            track(id, { artists: artists.map((artist) => ({ id: artist })) }),
            read,
            0,
          ]),
        );
        for (const id of ["t1", "t2"]) {
          const last = found.filter(([one]) => one === id).at(-1)?.[1] ?? [];
          const credited = rows.track_artists!.filter((row) => row.track_id === id);
          expect(credited.map((row) => row.artist_id)).to.deep.equal(last);
        }
      }),
    );
  });

  it("does not depend on the order: the greatest read wins, in it the first position", () => {
    const versions: [Record<string, unknown>, number, number][] = [
      [track("t1", { name: "old" }), 1, 0],
      [track("t1", { name: "later" }), 2, 9],
      [track("t1", { name: "first" }), 2, 3],
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(versions, { minLength: 3 }), (order) => {
        expect(rowsOfTracks(...order).tracks!.map((row) => row.name)).to.deep.equal(["first"]);
      }),
    );
  });

  it("take an album in full, and its tracks with the album's id and name", () => {
    const entities = new Entities();
    entities.addAlbum(album("al1"), provenance(5), 0);
    const rows = rowsOf(entities);
    expect(rows.albums).to.have.length(1);
    expect(rows.albums![0]).to.include({
      album_id: "al1",
      label: "Label",
      upc: "UPCal1",
      release_year: 1981,
    });
    expect(
      rows.tracks!.map((row) => [row.track_id, row.album_id, row.album_name, row.track_number, row.isrc]),
    ).to.deep.equal([
      ["al1-t1", "al1", "Album al1", 1, null],
      ["al1-t2", "al1", "Album al1", 2, null],
    ]);
    expect(rows.track_artists).to.have.length(2);
    expect(rows.album_artists).to.have.length(1);
    expect(rows.artists!.map((row) => row.artist_id)).to.deep.equal(["a1"]);
  });

  for (const [what, fields, tracks] of [
    ["no tracks", { tracks: undefined }, 0],
    ["tracks null", { tracks: null }, 0],
    ["tracks of a wrong type", { tracks: { items: "x" } }, 0],
    ["null tracks and tracks without id", { tracks: { items: [null, 7, { id: null }, { id: "t1" }] } }, 1],
  ] as [string, object, number][]) {
    it(`take an album with ${what}`, () => {
      const entities = new Entities();
      entities.addAlbum(album("al1", fields as Record<string, unknown>), provenance(1), 0);
      const rows = rowsOf(entities);
      expect([rows.albums!.length, rows.tracks!.length]).to.deep.equal([1, tracks]);
    });
  }

  it("take an artist in full, with genres", () => {
    const entities = new Entities();
    entities.addArtist(artist("a1"), provenance(5), 0);
    const { artists, artist_genres } = rowsOf(entities);
    expect(artists).to.deep.equal([
      {
        read_seq: 5,
        artist_id: "a1",
        name: "Artist a1",
        popularity: 40,
        follower_count: 1234,
        image_url: "https://images.example/a1",
        uri: "spotify:artist:a1",
        source: "saved_tracks",
        snapshot_date: day,
        run_id: "run-1",
        fetched_at: dateMs,
      },
    ]);
    expect(artist_genres!.map((row) => [row.artist_id, row.genre_position, row.genre])).to.deep.equal([
      ["a1", 0, "folk"],
      ["a1", 1, "dub"],
    ]);
  });

  for (const [what, genres, expected] of [
    ["none", undefined, []],
    ["null", null, []],
    ["text", "folk", []],
    ["odd ones among them", [null, "folk", 7, "", "dub"], ["folk", "dub"]],
  ] as [string, unknown, string[]][]) {
    it(`takes an artist's genres that are ${what}`, () => {
      const entities = new Entities();
      entities.addArtist(artist("a1", { genres }), provenance(1), 0);
      expect(rowsOf(entities).artist_genres!.map((row) => row.genre)).to.deep.equal(expected);
    });
  }

  it("keeps an artist described in full, whatever credits come before or after", () => {
    const sightings = [
      (entities: Entities) => entities.addArtist(artist("a1"), provenance(2), 4),
      (entities: Entities) => entities.addArtist(artist("a1", { popularity: 39 }), provenance(1), 0),
      (entities: Entities) => entities.addTrack(track("t1"), provenance(3), 0),
      (entities: Entities) => entities.addAlbum(album("al1"), provenance(1), 0),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(sightings, { minLength: 4 }), (order) => {
        const entities = new Entities();
        for (const add of order) add(entities);
        const rows = rowsOf(entities);
        expect(rows.artists!.map((row) => [row.read_seq, row.popularity])).to.deep.equal([[2, 40]]);
        expect(rows.artist_genres).to.have.length(2);
        expect(rows.albums!.map((row) => row.upc)).to.deep.equal(["UPCal1"]);
      }),
    );
  });

  for (const [what, item, counts] of [
    ["a null album", track("t1", { album: null }), { tracks: 1, albums: 0, artists: 1 }],
    ["an album without id", track("t1", { album: { id: null, name: "x" } }), { tracks: 1, albums: 0 }],
    ["artists without id", track("t1", { artists: [{ id: null, name: "x" }] }), { track_artists: 1 }],
    ["artists null", track("t1", { artists: null }), { tracks: 1, track_artists: 0 }],
    ["a null artist", track("t1", { artists: [null, { id: "a9" }] }), { track_artists: 1 }],
    ["no id", track("t1", { id: null }), { tracks: 0, track_artists: 0, albums: 1 }],
  ] as [string, Record<string, unknown>, Record<string, number>][]) {
    it(`takes ${what}`, () => {
      const rows = rowsOfTracks([item, 1, 0]);
      for (const [table, count] of Object.entries(counts)) expect(rows[table], table).to.have.length(count);
    });
  }
});
