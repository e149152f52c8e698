import { expect } from "chai";
import { libraryOf, playlistOf, trackOf } from "../support/simulator/small";
import { ask, refusal, type Page } from "./ask";

const { album } = trackOf("a");
const library = libraryOf({
  playlists: [
    playlistOf("p1", [], { name: "Rainy days" }),
    playlistOf("p2", [], { name: "Rainy nights", public: false }),
    playlistOf("p3", [], { name: "Rain of hits", owner: { id: "spotify", displayName: "Spotify" } }),
  ],
  allTracks: [
    trackOf("quiet", { name: "Quiet Rain", popularity: 10 }),
    trackOf("loud", { name: "LOUD RAIN", popularity: 70, isrc: "QZSIM9900001" }),
    trackOf("sun", {
      name: "Sun",
      album: { ...album!, name: "Rain", release: { text: "1971-02", precision: "month" } },
    }),
  ],
});

const found = (q: string, type: string, more = "") => {
  const query = `q=${encodeURIComponent(q)}&type=${type}${more}`;
  const pages = ask<Record<string, Page>>(`/v1/search?${query}`, { library });
  return Object.fromEntries(
    Object.entries(pages).map(([kind, { items }]) => [kind, items.map((one) => one && one.id)]),
  );
};

describe("GET /v1/search", () => {
  it("finds what holds every word in one of its texts, the most popular first", () => {
    expect(found("rain", "track")).to.deep.equal({ tracks: ["loud", "sun", "quiet"] });
    expect(found("rain quiet", "track")).to.deep.equal({ tracks: ["quiet"] });
    expect(found("rain", "album")).to.deep.equal({ albums: ["a-album"] });
    expect(found('artist:"artist of quiet"', "artist")).to.deep.equal({ artists: ["quiet-artist"] });
  });

  it("looks in one field if it is named", () => {
    expect(found("track:rain", "track")).to.deep.equal({ tracks: ["loud", "quiet"] });
    expect(found("year:1971", "track")).to.deep.equal({ tracks: ["sun"] });
    expect(found("isrc:qzsim9900001", "track")).to.deep.equal({ tracks: ["loud"] });
  });

  it("finds public playlists, null in the place of Spotify's own", () => {
    expect(found("rain", "playlist").playlists).to.have.members(["p1", null]);
  });

  it("answers a page for each type, an empty one for podcasts and audiobooks", () => {
    expect(found("rain", "track,album,show,episode,audiobook", "&limit=1")).to.deep.equal({
      tracks: ["loud"],
      albums: ["a-album"],
      shows: [],
      episodes: [],
      audiobooks: [],
    });
  });

  for (const [query, message] of [
    ["type=track", "No search query"],
    ["q=%20&type=track", "No search query"],
    ["q=a", "Missing parameter type"],
    ["q=a&type=track,song", "Bad search type field song"],
    ["q=a&type=constructor", "Bad search type field constructor"],
    ["q=a&type=track&offset=1001", "Invalid offset"],
  ])
    it(`refuses ${query}`, () => {
      expect(refusal(`/v1/search?${query}`, { library })).to.deep.equal([400, message]);
    });
});
