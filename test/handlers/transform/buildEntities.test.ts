import { expect } from "chai";
import { album, artist, build, header, object, track } from "../../support/rawObjects";

describe("buildRows, of albums, artists and searches", () => {
  const answer = (stream: string, container: string, read_seq: number, body: unknown) => [
    header({ stream, container, read_seq }),
    object(body, { read_seq }),
  ];

  it("takes an album in full, and its further tracks under it", async () => {
    const stream = "album:al1";
    const rows = await build(
      stream,
      answer(stream, "al1", 1, album("al1")),
      answer(stream, "al1", 2, { items: [track("t51", { album: undefined }), null], total: 52 }),
    );
    expect(rows.albums!.map((row) => [row.album_id, row.upc])).to.deep.equal([["al1", "UPCal1"]]);
    expect(rows.tracks!.map((row) => [row.track_id, row.album_id])).to.deep.equal([
      ["al1-t1", "al1"],
      ["al1-t2", "al1"],
      ["t51", "al1"],
    ]);
  });

  it("takes an artist in full, and their albums as they are listed", async () => {
    const stream = "artist:a1";
    const rows = await build(
      stream,
      answer(stream, "a1", 1, artist("a1")),
      answer(stream, "a1", 2, { items: [album("al1"), "odd"], total: 2 }),
    );
    expect(rows.artists!.map((row) => [row.artist_id, row.follower_count])).to.deep.include(["a1", 1234]);
    expect(rows.albums!.map((row) => row.album_id)).to.deep.equal(["al1"]);
    expect(rows).not.to.have.property("tracks");
  });

  it("takes the details of several artists, whose nulls extract has recorded", async () => {
    const stream = "artist_details";
    const artists = [artist("a1"), null, { name: "no id" }, artist("a2")];
    const rows = await build(stream, answer(stream, stream, 1, { artists }));
    expect(rows.artists!.map((row) => [row.artist_id, row.follower_count])).to.deep.equal([
      ["a1", 1234],
      ["a2", 1234],
    ]);
    expect(rows.artist_genres).not.to.have.length(0);
    expect(rows.skips).to.deep.equal([]);
  });

  it("ranks what a search found by type; a null result keeps its rank", async () => {
    const stream = "search:jazz year:1959";
    const body = {
      tracks: { items: [track("t1"), null, track("t3")], total: 3 },
      albums: { items: [album("al1"), { name: "no id" }], total: 2 },
      artists: { items: [artist("a1")], total: 1 },
    };
    const rows = await build(stream, answer(stream, "jazz year:1959", 4, body));
    expect(
      rows.search_results!.map((row) => [row.query, row.item_type, row.item_rank, row.item_id]),
    ).to.deep.equal([
      ["jazz year:1959", "album", 1, "al1"],
      ["jazz year:1959", "artist", 1, "a1"],
      ["jazz year:1959", "track", 1, "t1"],
      ["jazz year:1959", "track", 3, "t3"],
    ]);
    expect(rows.search_results!.find((row) => row.item_type === "artist")!.artist_name).to.equal(null);
    expect(rows.tracks!.map((row) => row.track_id)).to.include.members(["t1", "t3"]);
  });

  it("records an answer without an id", async () => {
    for (const stream of ["album:x", "artist:x"]) {
      const rows = await build(stream, answer(stream, "x", 1, { name: "?" }));
      expect(rows.skips!.map((row) => row.reason)).to.deep.equal(["no_id"]);
    }
  });
});
