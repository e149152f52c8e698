import { expect } from "chai";
import { artistIndexKey } from "../../../../handlers/extract/artistIndex";
import { dayMs, withMishap, world, type Mishap, type World } from "../../../support/extractWorld";
import { errorAnswer } from "../../../support/fakeSpotify";
import { ids, library } from "../../../support/libraries";

const artistIds = (count: number) => ids("a", count).map((name) => name.padEnd(22, "x"));

/** A listener who follows so many artists, whose details are to be read. */
function fresh(count: number): World {
  const followed = artistIds(count);
  const one = world(library({ followed, artists: Object.fromEntries(followed.map((id) => [id, []])) }));
  one.settings.sources = ["followed_artists", "artist_details"];
  return one;
}

/** The ids asked for by each call. */
const batches = (one: World, from = 0) =>
  one.spotify.calls
    .slice(from)
    .filter(({ path }) => path === "/v1/artists")
    .map(({ url }) => new URL(url).searchParams.get("ids")!.split(","));

/** The artists whose details were written, each as often as they were. */
const written = (one: World) =>
  one
    .raw()
    .lines.flatMap((line) =>
      line.kind === "object" ? (line.body as { artists: ({ id: string } | null)[] }).artists : [],
    )
    .flatMap((artist) => artist?.id ?? []);

describe("artist_details", () => {
  it("are read of every artist that the run has met, 50 a call, after all else", async () => {
    const one = fresh(120);
    expect((await one.run()).runs[0]).to.deep.include({ status: "complete", calls: 6, containers_read: 4 });
    expect(one.spotify.calls.map(({ path }) => path)).to.deep.equal([
      ...Array<string>(3).fill("/v1/me/following"),
      ...Array<string>(3).fill("/v1/artists"),
    ]);
    expect(batches(one).map((batch) => batch.length)).to.deep.equal([50, 50, 20]);
    expect(written(one)).to.deep.equal(one.library.followed);
    expect(one.raw().keys.some((key) => key.startsWith("raw/me/artist_details/snapshot_date="))).to.equal(
      true,
    );
  });

  it("are read again after 90 days, those of new artists first", async () => {
    const one = fresh(60);
    await one.run();
    one.clock.ms += 90 * dayMs;
    await one.run();
    expect(written(one)).to.have.length(60);
    one.clock.ms += dayMs;
    const before = one.spotify.calls.length;
    one.library.followed.push("new".padEnd(22, "x"));
    await one.run();
    const [first, second] = batches(one, before);
    expect(first![0]).to.equal("new".padEnd(22, "x"));
    expect([...first!, ...second!]).to.have.members(one.library.followed);
  });

  it("go as far as the budget, and the next run goes on", async () => {
    const one = fresh(120);
    one.settings.callBudget = 5;
    expect((await one.run()).runs[0]).to.deep.include({
      status: "partial",
      stop_reason: "budget_spent",
      calls: 5,
    });
    one.clock.ms += dayMs;
    expect((await one.run()).status).to.equal("complete");
    expect(written(one)).to.deep.equal(one.library.followed);
  });

  it("of artists that Spotify has null for, or leaves out, are recorded by id and left for 90 days", async () => {
    const one = fresh(3);
    const [gone, omitted, there] = one.library.followed;
    delete one.library.artists![gone!];
    one.spotify.onCall = ({ path }) =>
      path === "/v1/artists"
        ? (body) => ({ artists: (body as { artists: unknown[] }).artists.filter((_, index) => index !== 1) })
        : undefined;
    await one.run();
    expect(written(one)).to.deep.equal([there]);
    expect(one.raw().skips.map(({ container, reason }) => [container, reason])).to.deep.equal([
      [gone, "not_found"],
      [omitted, "not_found"],
    ]);
    const before = one.spotify.calls.length;
    await one.run();
    expect(batches(one, before)).to.deep.equal([]);
  });

  it("remember for 30 days, with one call, that the app does not have the endpoint", async () => {
    const one = fresh(60);
    one.spotify.onCall = ({ path }) => (path === "/v1/artists" ? errorAnswer(403, "Forbidden") : undefined);
    for (const calls of [1, 1]) {
      expect((await one.run()).runs[0]).to.deep.include({ status: "complete", containers_skipped: 1 });
      expect(batches(one)).to.have.length(calls);
    }
    expect(one.raw().skips[0]).to.deep.include({ stream: "artist_details", reason: "removed_endpoint" });
    one.spotify.onCall = () => undefined;
    one.clock.ms += 31 * dayMs;
    await one.run();
    expect(written(one)).to.deep.equal(one.library.followed);
  });

  it("are read as an app, too, and are each listener's own", async () => {
    const one = fresh(2);
    const [first, second] = one.library.followed;
    one.library.albums = { al: [] };
    one.spotify.onCall = ({ path }) =>
      path === "/v1/albums/al"
        ? (body) => ({ ...(body as object), artists: [{ uri: `spotify:artist:${second}` }] })
        : undefined;
    one.settings.sources = ["album:al", "artist_details"];
    one.settings.listeners = ["me", "you"];
    one.secrets.signIns = {};
    await one.run();
    expect(written(one)).to.deep.equal([second]);
    expect(written(one)).not.to.include(first);
    expect([...one.bucket.objects.keys()].filter((key) => key.startsWith("state/artist"))).to.deep.equal([
      artistIndexKey("me"),
    ]);
  });

  it("are not read by a run for plays, which yet notes the artists that it meets", async () => {
    const one = fresh(0);
    one.settings.sources = ["recently_played", "artist_details"];
    one.settings.playsRule = "plays";
    one.library.plays = [{ id: "t", playedAt: "2026-11-22T04:00:00Z" }];
    const id = "p".padEnd(22, "x");
    one.library.artists = { [id]: [] };
    one.spotify.onCall = ({ path }) =>
      path.endsWith("recently-played")
        ? (body) => ({ ...(body as object), x: `spotify:artist:${id}` })
        : undefined;
    await one.run({ id: "hourly", resources: ["plays"] });
    expect(batches(one)).to.deep.equal([]);
    await one.run();
    expect(batches(one)).to.deep.equal([[id]]);
  });

  for (const mishap of ["dies before", "dies after", "answer lost", "answer lost, retried"] as Mishap[])
    it(`lose no artist, wherever a run ${mishap}`, async () => {
      for (let at = 0; ; at += 1) {
        const one = fresh(60);
        const { deps, count } = withMishap(one, at, mishap);
        await one.run("event", deps).catch(() => undefined);
        if (count() <= at) break;
        one.clock.ms += 20 * 60_000;
        await one.run("event");
        await one.run();
        expect(written(one), `operation ${at}`).to.include.members(one.library.followed);
      }
    });
});
