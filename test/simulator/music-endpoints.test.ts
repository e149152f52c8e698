import { expect } from "chai";
import { libraryAt } from "../../simulator/library";
import { libraryOf, trackOf } from "../support/simulator/small";
import { ask, refusal, type Asked, type Body, type Page } from "./ask";
import type { Album } from "../../simulator/model";

const unknown = "0".repeat(22);
const extended = (library: Asked["library"]): Asked => ({ library, mode: "extended", grant: "app" });

describe("GET /v1/albums/{id}/tracks", () => {
  const { album } = trackOf("a");
  const library = libraryOf({ allTracks: Array.from({ length: 60 }, (_, k) => trackOf(`t${k}`, { album })) });
  const tracks = (query: string) => ask<Page>(`/v1/albums/a-album/tracks${query}`, { library });

  it("pages the tracks, 20 at a time unless up to 50 are asked for, without album and ISRC", () => {
    expect(tracks("")).to.include({ total: 60, limit: 20 });
    const { items } = tracks("?limit=50&offset=50");
    expect(items.map(({ id }) => id)).to.deep.equal(Array.from({ length: 10 }, (_, k) => `t${50 + k}`));
    expect(items[0]).not.to.have.any.keys("album", "external_ids", "is_playable");
    expect(tracks("?market=SE").items[0]).to.include({ is_playable: true });
    expect(refusal("/v1/albums/a-album/tracks?limit=51", { library })).to.deep.equal([400, "Invalid limit"]);
  });
});

describe("GET /v1/artists/{id}/albums", () => {
  const artist = trackOf("a").artists[0]!;
  const guest = trackOf("b").artists[0]!;
  const albumOf = (id: string, details: Partial<Album>): Album => ({
    ...trackOf("a").album!,
    id,
    artists: [artist],
    ...details,
  });
  const on = (album: Album, artists = [artist]) => trackOf(`${album.id}-track`, { album, artists });
  const library = libraryOf({
    allTracks: [
      on(albumOf("old", { release: { text: "1971", precision: "year" } })),
      on(albumOf("undated", { release: { text: null, precision: null } })),
      on(albumOf("new", { release: { text: "1999-12-31", precision: "day" } })),
      on(albumOf("single", { type: "single" })),
      on(albumOf("theirs", { artists: [guest] }), [guest, artist]),
    ],
  });
  const albums = (query = "", asked: Asked = {}) =>
    ask<Page>(`/v1/artists/a-artist/albums${query}`, { library, ...asked });
  const ids = (page: Page) => page.items.map(({ id }) => id);

  it("gives an artist's own albums, newest first, and then those that they appear on", () => {
    expect(ids(albums())).to.deep.equal(["new", "old", "undated", "single", "theirs"]);
    expect(ids(albums("?include_groups=single,appears_on"))).to.deep.equal(["single", "theirs"]);
    expect(refusal("/v1/artists/a-artist/albums?include_groups=ep", { library })[0]).to.equal(400);
  });

  it("says how an album is the artist's in extended mode", () => {
    const groups = (page: Page) => page.items.map((album) => album.album_group);
    expect(groups(albums("", { mode: "extended" }))).to.deep.equal([
      "album",
      "album",
      "album",
      "single",
      "appears_on",
    ]);
    expect(albums().items[0]).not.to.have.property("album_group");
  });

  it("answers 404 for artists that are not there", () => {
    expect(refusal(`/v1/artists/${unknown}/albums`)).to.deep.equal([404, "Resource not found"]);
  });

  it("names every album of the default library for each of its artists", () => {
    const library = libraryAt({ seed: 2, start: 0, now: 0, size: { tracks: 200 } });
    for (const { album, artists } of library.allTracks.filter((track) => track.album !== null)) {
      const page = ask<Page>(`/v1/artists/${artists[0]!.id}/albums?limit=50`, { library, mode: "extended" });
      expect(ids(page)).to.include(album!.id);
    }
  });
});

describe("GET many at once", () => {
  const library = libraryOf({ allTracks: [trackOf("t1"), trackOf("t2")] });

  it("gives each in the order of the ids, null where there is nothing", () => {
    const idsOf = (kind: string, ids: string) =>
      ask<Record<string, (Body | null)[]>>(`/v1/${kind}?ids=${ids}`, extended(library))[kind]!.map(
        (one) => one && one.id,
      );
    expect(idsOf("tracks", `t2,${unknown},t1,t2`)).to.deep.equal(["t2", null, "t1", "t2"]);
    expect(idsOf("albums", `${unknown},t1-album`)).to.deep.equal([null, "t1-album"]);
    expect(idsOf("artists", "t2-artist")).to.deep.equal(["t2-artist"]);
  });

  for (const [kind, most] of [
    ["tracks", 50],
    ["albums", 20],
    ["artists", 50],
  ] as const)
    it(`takes ${most} ${kind} at most`, () => {
      const asking = (count: number) => `/v1/${kind}?ids=${Array(count).fill(unknown).join(",")}`;
      expect(ask<Record<string, unknown[]>>(asking(most), extended(library))[kind]).to.have.length(most);
      expect(refusal(asking(most + 1), extended(library))).to.deep.equal([400, "Too many ids requested"]);
      expect(refusal(`/v1/${kind}`, extended(library))).to.deep.equal([400, "Missing required field: ids"]);
      expect(refusal(`/v1/${kind}?ids=no-id`, extended(library))).to.deep.equal([400, "Invalid base62 id"]);
    });
});
