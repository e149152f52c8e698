import { expect } from "chai";
import * as fc from "fast-check";
import { UserError } from "../../../cloud/errors";
import { scopesFor } from "../../../cli/login/scopes";

const scopes: Record<string, string[]> = {
  me: [
    "playlist-read-collaborative",
    "playlist-read-private",
    "user-follow-read",
    "user-library-read",
    "user-read-private",
    "user-read-recently-played",
    "user-top-read",
  ],
  profile: ["user-read-private"],
  playlists: ["playlist-read-collaborative", "playlist-read-private"],
  playlist_items: ["playlist-read-collaborative", "playlist-read-private"],
  saved_tracks: ["user-library-read"],
  saved_albums: ["user-library-read"],
  recently_played: ["user-read-recently-played"],
  top_items: ["user-top-read"],
  followed_artists: ["user-follow-read"],
  podcasts: ["user-library-read", "user-read-playback-position"],
  saved_shows: ["user-library-read"],
  saved_episodes: ["user-library-read", "user-read-playback-position"],
  saved_audiobooks: ["user-library-read"],
  "playlist:4x": [],
  "album:4x": [],
  "artist:4x": [],
  "search:tag:new": [],
};

describe("scopes", () => {
  for (const [source, expected] of Object.entries(scopes))
    it(`of ${source} are ${expected.join(", ") || "none"}`, () => {
      expect(scopesFor([source])).to.deep.equal(expected);
    });

  it("of several sources are those of each, once, in order", () => {
    fc.assert(
      fc.property(fc.subarray(Object.keys(scopes)), (sources) => {
        const all = new Set(sources.flatMap((source) => scopes[source]!));
        expect(scopesFor(sources)).to.deep.equal([...all].sort());
      }),
    );
  });

  for (const source of ["", "tracks", "search:", "toString", "ME"])
    it(`of ${JSON.stringify(source)} are an error that names the sources`, () => {
      expect(() => scopesFor(["profile", source]))
        .to.throw(UserError, `There is no source "${source}"`)
        .with.property("message")
        .that.includes("saved_tracks");
    });
});
