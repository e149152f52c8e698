import { expect } from "chai";
import { dayMs, signIn, world, type World } from "../../support/extractWorld";
import { errorAnswer } from "../../support/fakeSpotify";
import { edit, ids, library, playlist, plays } from "../../support/libraries";

/** Listeners who see one and the same library, each with a sign-in. */
function shared(names: string[], playlists: ReturnType<typeof playlist>[], callBudget: number): World {
  const one = world(library({ playlists }));
  Object.assign(one.settings, { listeners: names, sources: ["playlist_items"], callBudget });
  one.secrets.signIns = Object.fromEntries(names.map((name) => [name, signIn(`refresh-${name}`)]));
  return one;
}

/** How many reads of playlist contents have become visible, by listener. */
function closedReads(one: World): Record<string, number> {
  const { listeners } = one.settings;
  const closes = (name: string) =>
    one.raw().reads.filter(({ header }) => header.listener === name && header.stream === "playlist_items");
  return Object.fromEntries(listeners.map((name) => [name, closes(name).length]));
}

describe("readRoundRobin", () => {
  it("gives everybody the same share of a budget that does not suffice, until all is read", async () => {
    const one = shared(
      ["a", "b", "c"],
      ids("p", 40).map((id) => playlist(id, ids(id, 2))),
      49,
    );
    const days: Record<string, number>[] = [];
    for (let day = 0; day < 3; day += 1) {
      await one.run();
      days.push(closedReads(one));
      one.clock.ms += dayMs;
    }
    // 49 calls: profile, list and closing list for each of three, and 40 lists.
    expect(Object.values(days[0]!).sort()).to.deep.equal([13, 13, 14]);
    expect(Object.values(days[1]!).sort()).to.deep.equal([26, 27, 27]);
    expect(days[2]).to.deep.equal({ a: 40, b: 40, c: 40 });
    expect(one.state().shares).to.equal(undefined);
  });

  it("goes round if a day holds only one container", async () => {
    const large = playlist("large", ids("l", 1000));
    const one = shared(["a", "b"], [large], 28);
    for (let day = 0; day < 6; day += 1) {
      edit(large, ids(`l${day}`, 1000));
      await one.run();
      one.clock.ms += dayMs;
    }
    expect(closedReads(one)).to.deep.equal({ a: 3, b: 3 });
  });

  it("lets a new listener begin beside the others, not before them", async () => {
    const lists = ids("p", 60).map((id) => playlist(id, ids(id, 2)));
    const one = shared(["a", "b"], lists, 46);
    one.settings.listeners = ["a"];
    await one.run();
    one.clock.ms += dayMs;
    one.settings.listeners = ["a", "b"];
    const before = closedReads(one).a!;
    await one.run();
    const { a, b } = closedReads(one);
    expect(before).to.equal(41);
    expect(a! - before).to.be.within(18, 19);
    expect(b).to.be.within(18, 21);
  });

  it("keeps the shares of those who wait when one container is read again", async () => {
    const one = shared(
      ["a", "b"],
      ids("p", 20).map((id) => playlist(id, ids(id, 2))),
      20,
    );
    await one.run();
    const { shares } = one.state();
    expect(Object.values(shares!)).to.have.length(2);
    one.clock.ms += dayMs;
    const [read] = one.raw().reads.filter(({ header }) => header.stream === "playlist_items");
    const { container, listener } = read!.header;
    await one.run({ id: "again", container, listener });
    expect(one.state().shares![listener]).to.be.above(shares![listener]!);
    expect(Object.keys(one.state().shares!).sort()).to.deep.equal(["a", "b"]);
  });

  it("reads everybody's plays before anybody's lists", async () => {
    const one = shared(
      ["a", "b"],
      ids("p", 9).map((id) => playlist(id, ids(id, 2))),
      600,
    );
    one.library.plays = plays(ids("q", 3));
    one.settings.sources = ["recently_played", "playlist_items"];
    await one.run();
    const paths = one.spotify.calls.map(({ path }) => path);
    expect(paths.slice(0, 2)).to.deep.equal(Array(2).fill("/v1/me/player/recently-played"));
    expect(paths.slice(2, 6)).to.deep.equal(["/v1/me", "/v1/me/playlists", "/v1/me", "/v1/me/playlists"]);
  });

  it("remembers what it did not reach when Spotify wants a pause, for all listeners", async () => {
    const one = shared(
      ["a", "b"],
      ids("p", 4).map((id) => playlist(id, ids(id, 2))),
      600,
    );
    one.spotify.onCall = (_, index) =>
      index === 7 ? errorAnswer(429, "Too many", { reason: "QUOTA_EXCEEDED" }) : undefined;
    const { runs } = await one.run();
    expect(runs.map((run) => run.stop_reason)).to.have.members(["quota_exceeded", "not_before"]);
    expect(one.spotify.calls).to.have.length(8);
    one.spotify.onCall = () => undefined;
    one.clock.ms += dayMs;
    expect((await one.run()).status).to.equal("complete");
    expect(closedReads(one)).to.deep.equal({ a: 4, b: 4 });
  });
});
