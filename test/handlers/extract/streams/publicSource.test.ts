import { expect } from "chai";
import { dayMs, failureOf, withMishap, world, type World } from "../../../support/extractWorld";
import { errorAnswer } from "../../../support/fakeSpotify";
import { ids, library } from "../../../support/libraries";

function fresh(...sources: string[]): World {
  const one = world(
    library({
      albums: { short: ids("t", 12), long: ids("t", 120) },
      artists: { busy: ids("a", 25), idle: [] },
    }),
  );
  one.settings.sources = sources;
  return one;
}

/** Paths and offsets of the calls since `from`. */
const asked = ({ spotify }: World, from = 0) =>
  spotify.calls.slice(from).map(({ path, offset }) => `${path.slice(4)} ${offset}`);

/** The objects that were written, by what they were asked with. */
const written = (one: World) =>
  one.raw().lines.flatMap((line) => (line.kind === "object" ? [line.body] : []));

describe("public sources", () => {
  it("read an album with all its tracks, the first ones from its description", async () => {
    const one = fresh("album:short", "album:long");
    expect((await one.run()).status).to.equal("complete");
    expect(asked(one)).to.deep.equal([
      ...["albums/short 0", "albums/long 0", "albums/long/tracks 50", "albums/long/tracks 100"],
      "albums/long/tracks 50",
    ]);
    const bodies = written(one) as { items?: { id: string }[]; tracks?: { items: { id: string }[] } }[];
    const tracks = bodies.slice(1).flatMap(({ items, tracks }) => items ?? tracks!.items);
    expect(tracks.map(({ id }) => id)).to.deep.equal(ids("t", 120));
  });

  it("read an artist with their albums, ten at a time", async () => {
    const one = fresh("artist:busy", "artist:idle");
    await one.run();
    expect(asked(one)).to.deep.equal([
      ...["artists/busy 0", "artists/busy/albums 0", "artists/busy/albums 10", "artists/busy/albums 20"],
      "artists/busy/albums 0",
      ...["artists/idle 0", "artists/idle/albums 0"],
    ]);
    expect(one.spotify.calls[1]!.url).to.contain("limit=10");
  });

  it("make a search, whatever it is spelt like", async () => {
    const one = fresh("search:genre:jazz year:1959 & more");
    await one.run();
    const { searchParams } = new URL(one.spotify.calls[0]!.url);
    expect(searchParams.get("q")).to.equal("genre:jazz year:1959 & more");
    expect(searchParams.get("type")).to.equal("track,album,artist");
    expect(searchParams.get("limit")).to.equal("10");
    expect(one.raw().keys[0]).to.match(/^raw\/me\/search_genre_jazz_year_1959_more-[0-9a-f]{8}\//);
  });

  it("are read once a UTC day, for the first listener", async () => {
    const one = fresh("album:short", "search:x");
    one.settings.listeners = ["me", "you"];
    await one.run();
    await one.run();
    expect(one.spotify.calls).to.have.length(2);
    one.clock.ms += dayMs;
    await one.run();
    expect(one.spotify.calls).to.have.length(4);
  });

  it("name a market only for an app that signs in as itself", async () => {
    const market = async (one: World) => {
      one.settings.market = "SE";
      await one.run();
      return one.spotify.calls.map(({ url }) => new URL(url).searchParams.get("market"));
    };
    const sources = ["album:long", "artist:idle", "search:x"];
    expect(await market(fresh(...sources))).to.deep.equal(Array(7).fill(null));
    const app = fresh(...sources);
    app.secrets.signIns = {};
    expect(await market(app)).to.deep.equal(["SE", "SE", "SE", "SE", null, "SE", "SE"]);
  });

  it("remember for a month that there is no such thing", async () => {
    const one = fresh("album:none");
    await one.run();
    one.clock.ms += 29 * dayMs;
    await one.run();
    expect(one.spotify.calls).to.have.length(1);
    const skipped = one.raw().skips.map(({ stream, container, reason }) => [stream, container, reason]);
    expect(skipped).to.deep.equal(Array(2).fill(["album:none", "none", "not_found"]));
    one.clock.ms += 2 * dayMs;
    await one.run();
    expect(one.spotify.calls).to.have.length(2);
  });

  it("are skipped, or wait for the next day, if the budget cannot hold all of one", async () => {
    const one = fresh("album:short", "artist:busy");
    one.settings.callBudget = 5;
    expect((await one.run()).status).to.equal("complete");
    expect(one.raw().skips[0]).to.deep.include({ container: "busy", reason: "over_budget" });
    expect(written(one)).to.have.length(1);
    one.settings.callBudget = 7;
    expect((await one.run()).runs[0]).to.deep.include({ status: "partial", stop_reason: "budget_spent" });
    one.clock.ms += dayMs;
    expect((await one.run()).status).to.equal("complete");
  });

  it("keep nothing of a list that changes while it is read, or that fails", async () => {
    const one = fresh("artist:busy");
    one.spotify.onCall = (_, index) => {
      if (index === 2) one.library.artists!.busy!.push("new");
      return undefined;
    };
    expect((await one.run()).runs[0]).to.deep.include({ stop_reason: "changed_while_read" });
    one.spotify.onCall = ({ offset }) => (offset === 20 ? errorAnswer(500, "oops") : undefined);
    await failureOf(one.run());
    expect(written(one)).to.deep.equal([]);
    one.spotify.onCall = () => undefined;
    await one.run();
    expect(written(one)).to.have.length(4);
  });

  it("see that a list changed behind them while its total stayed", async () => {
    const one = fresh("artist:busy");
    one.spotify.onCall = (_, index) => {
      if (index === 3) one.library.artists!.busy = ["new", ...ids("a", 24)];
      return undefined;
    };
    expect((await one.run()).runs[0]).to.deep.include({ stop_reason: "changed_while_read" });
    expect(written(one)).to.deep.equal([]);
  });

  it("skip what fits into no day, and what Spotify calls a bad request", async () => {
    const one = fresh("artist:busy", "search:x");
    one.settings.callBudget = 4;
    one.spotify.onCall = ({ path }) => (path.endsWith("search") ? errorAnswer(400, "Bad query") : undefined);
    expect((await one.run()).status).to.equal("complete");
    const skipped = one.raw().skips.map(({ container, reason }) => [container, reason]);
    expect(skipped).to.deep.equal([
      ["busy", "over_budget"],
      ["x", "request_rejected"],
    ]);
  });

  it("lose nothing if the process dies anywhere: the next run reads what is not written", async () => {
    for (let at = 0; at < 12; at += 1) {
      const one = fresh("album:long", "search:x");
      await one.run("e", withMishap(one, at, "dies after").deps).catch(() => undefined);
      one.clock.ms += one.timeoutMs;
      await one.run("f");
      const streams = new Set(one.raw().keys.map((key) => key.split("/")[2]!.replace(/-.*/, "")));
      expect([...streams]).to.include.members(["album_long", "search_x"]);
    }
  });
});
