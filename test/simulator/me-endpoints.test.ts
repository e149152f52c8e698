import { expect } from "chai";
import { libraryAt } from "../../simulator/library";
import { listeningOf } from "../../simulator/listening";
import { recentPlays, type Play } from "../../simulator/plays";
import { libraryOf, listeningTo, playOf, trackOf } from "../support/simulator/small";
import { ask, pathOf, refusal, type Asked, type Body, type Page } from "./ask";

const midnight = Date.UTC(2026, 10, 2);
const now = midnight + 12 * 3_600_000;
const [a, b] = [trackOf("a"), trackOf("b", { playable: false })];

describe("GET /v1/me/albums", () => {
  const library = libraryOf({ albums: [b.album, null, a.album], allTracks: [a, b] });

  it("gives saved albums newest first, whole and with their tracks, and null where Spotify lost one", () => {
    const { items, total } = ask<{ items: ({ added_at: string; album: Body } | null)[]; total: number }>(
      "/v1/me/albums",
      { library },
    );
    expect(total).to.equal(3);
    expect(items.map((entry) => entry && [entry.added_at, entry.album.id])).to.deep.equal([
      ["2026-01-01T00:00:00Z", "b-album"],
      null,
      ["2025-12-31T23:59:58Z", "a-album"],
    ]);
    expect(items[0]!.album).to.deep.include({ external_ids: { upc: "5000000000000" } });
    expect((items[0]!.album.tracks as Page).items[0]).to.include({ id: "b", is_playable: false });
  });
});

describe("GET /v1/me/following", () => {
  interface Followed {
    artists: {
      items: { id: string }[];
      next: string | null;
      cursors: { after: string | null };
      total: number;
    };
  }
  const artist = (id: string) => ({ id, name: id, popularity: 1, followers: 1 });
  const followed = (...ids: string[]) => libraryOf({ followed: ids.map(artist) });
  const read = (path: string, asked: Asked) => ask<Followed>(path, asked).artists;
  const ids = ({ items }: Followed["artists"]) => items.map(({ id }) => id);

  it("gives every artist once, by a cursor, although some come and go while it is read", () => {
    const first = read("/v1/me/following?type=artist&limit=2", { library: followed("a", "b", "d", "e") });
    expect(first).to.deep.include({ total: 4, cursors: { after: "b" } });
    const library = followed("a", "c", "d", "e");
    const second = read(pathOf(first.next), { library });
    const last = read(pathOf(second.next), { library });
    expect([first, second, last].map(ids)).to.deep.equal([["a", "b"], ["c", "d"], ["e"]]);
    expect(last).to.deep.include({ next: null, cursors: { after: null }, total: 4 });
  });

  it("needs to know what is followed", () => {
    expect(refusal("/v1/me/following")).to.deep.equal([400, "Missing required field: type"]);
    expect(refusal("/v1/me/following?type=user")[0]).to.equal(400);
    expect(refusal("/v1/me/following?type=artist&limit=51")).to.deep.equal([400, "Invalid limit"]);
  });
});

describe("GET /v1/me/top/{tracks|artists}", () => {
  const listening = listeningTo([
    playOf(a, midnight - 1),
    playOf(b, midnight - 2),
    playOf(b, midnight - 3),
    playOf(trackOf("old"), midnight - 100 * 86_400_000),
  ]);
  const top = (path: string) => ask<Page>(`/v1/me/top/${path}`, { listening, now }).items.map(({ id }) => id);

  it("ranks what was played, over half a year unless another range is asked for", () => {
    expect(top("tracks")).to.deep.equal(["b", "a", "old"]);
    expect(top("tracks?time_range=short_term")).to.deep.equal(["b", "a"]);
    expect(top("artists?time_range=long_term&limit=2&offset=1")).to.deep.equal(["a-artist", "old-artist"]);
  });

  it("says what is playable in the listener's country", () => {
    const { items } = ask<Page>("/v1/me/top/tracks", { listening, now });
    expect(items[0]).to.include({ is_playable: false });
  });

  it("refuses ranges that there are not", () => {
    for (const range of ["forever", "toString", ""])
      expect(refusal(`/v1/me/top/tracks?time_range=${range}`)).to.deep.equal([400, "Invalid time range"]);
  });
});

describe("GET /v1/me/player/recently-played", () => {
  interface Recent extends Body {
    items: { played_at: string; track: Body; context: Body | null }[];
    next: string | null;
    cursors: { before: string; after: string } | null;
  }
  const times = [1, 2, 3, 4, 5].map((k) => now - k * 1000);
  const listening = listeningTo(times.map((time) => playOf(a, time)));
  const recent = (query: string, asked: Asked = { listening, now }) =>
    ask<Recent>(`/v1/me/player/recently-played${query}`, asked);
  const played = ({ items }: Recent) => items.map(({ played_at: at }) => Date.parse(at));

  it("gives plays newest first, with cursors and without a total", () => {
    const answer = recent("");
    expect(played(answer)).to.deep.equal(times);
    expect(answer).to.have.all.keys("items", "next", "cursors", "limit", "href");
    expect(answer).to.deep.include({
      cursors: { after: String(times[0]), before: String(times[4]) },
      next: null,
      limit: 20,
      href: "https://api.spotify.com/v1/me/player/recently-played?limit=20",
    });
  });

  it("leads back to its end, which is an empty page without cursors", () => {
    const pagesOf = (limit: number) => {
      let answer = recent(`?limit=${limit}`);
      const pages = [played(answer)];
      while (answer.next) {
        answer = recent(new URL(answer.next).search);
        pages.push(played(answer));
      }
      return pages;
    };
    expect(pagesOf(2)).to.deep.equal([times.slice(0, 2), times.slice(2, 4), times.slice(4)]);
    expect(pagesOf(5)).to.deep.equal([times, []]);
    expect(recent(`?before=${times[4]}`)).to.deep.include({ items: [], cursors: null, next: null });
  });

  it("gives what lies after a cursor or before it, without what lies at it", () => {
    expect(played(recent(`?after=${times[3]}`))).to.deep.equal(times.slice(0, 3));
    expect(played(recent(`?before=${times[1]}&limit=2`))).to.deep.equal(times.slice(2, 4));
    expect(refusal(`/v1/me/player/recently-played?before=1&after=1`)[0]).to.equal(400);
    expect(refusal("/v1/me/player/recently-played?after=yesterday")[0]).to.equal(400);
    expect(refusal("/v1/me/player/recently-played?limit=51")).to.deep.equal([400, "Invalid limit"]);
  });

  it("remembers 50 plays, whatever the cursor", () => {
    const start = midnight;
    const many = listeningOf(3, (at) => libraryAt({ seed: 3, start, now: at }));
    const asked = { listening: many, now };
    const remembered = recentPlays(many, now);
    const all = recent("?limit=50", asked);
    expect(played(all)).to.deep.equal(remembered.map(({ playedAt }) => playedAt));
    expect(recent(`?limit=50&before=${remembered.at(-1)!.playedAt}`, asked).items).to.be.empty;
    expect(played(recent("?after=0&limit=50", asked))).to.deep.equal(played(all));
  });

  it("tells which plays it gives", () => {
    const returned: Play[] = [];
    recent("?limit=3", { listening, now, onPlays: (plays) => returned.push(...plays) });
    expect(returned.map(({ playedAt }) => playedAt)).to.deep.equal(times.slice(0, 3));
  });
});

describe("what a listener did not agree to", () => {
  const needs = [
    ["/v1/me/playlists", "playlist-read-private"],
    ["/v1/me/tracks", "user-library-read"],
    ["/v1/me/albums", "user-library-read"],
    ["/v1/me/following?type=artist", "user-follow-read"],
    ["/v1/me/top/tracks", "user-top-read"],
    ["/v1/me/top/artists", "user-top-read"],
    ["/v1/me/player/recently-played", "user-read-recently-played"],
  ] as const;

  for (const [path, scope] of needs)
    it(`closes ${path}, and ${scope} opens it`, () => {
      expect(refusal(path, { scopes: ["user-read-email"] })).to.deep.equal([
        403,
        "Insufficient client scope",
      ]);
      expect(ask(path, { scopes: [scope] })).to.be.an("object");
      expect(refusal(path, { grant: "app" })).to.deep.equal([401, "Valid user authentication required"]);
    });

  it("leaves the profile, tracks, albums and artists open", () => {
    const library = libraryOf({ saved: [a] });
    for (const path of ["/v1/me", "/v1/tracks/a", "/v1/search?q=a&type=track"])
      expect(ask(path, { library, scopes: [] })).to.be.an("object");
  });
});
