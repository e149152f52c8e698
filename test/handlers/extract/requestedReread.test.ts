import { expect } from "chai";
import { dayMs, failureOf, signIn, world, type World } from "../../support/extractWorld";
import { ids, library, playlist, plays, savedTracks } from "../../support/libraries";
import { playsIn } from "../../support/rawReader";

function known(): World {
  return world(
    library({
      playlists: [playlist("one", ids("a", 60)), playlist("two", ids("b", 3))],
      saved: savedTracks(ids("s", 60)),
      plays: plays(ids("p", 5)),
      followed: ids("f", 3),
    }),
  );
}

/** Paths of the calls of one more run. */
async function callsOf(one: World, event: object): Promise<string[]> {
  const from = one.spotify.calls.length;
  one.clock.ms += 60_000;
  await one.run({ id: `again-${from}`, ...event });
  return one.spotify.calls.slice(from).map(({ path }) => path.slice(4));
}

describe("an event that asks to read again", () => {
  it("reads everything, as on the first day", async () => {
    const one = known();
    await one.run();
    const first = one.spotify.calls.map(({ path }) => path.slice(4));
    expect(await callsOf(one, {})).to.have.length.below(8);
    expect(await callsOf(one, { full: true })).to.deep.equal(first);
    // Plays are distinguished by what is known of them, so none is there twice and no gap is seen.
    expect(playsIn(one.raw())).to.have.length(5);
    expect(one.raw().gaps).to.deep.equal([]);
    expect(await callsOf(one, {})).to.have.length.below(8);
  });

  it("goes on the next day where the budget ended", async () => {
    const one = known();
    await one.run();
    one.clock.ms += dayMs;
    one.settings.callBudget = 17;
    await one.run({ id: "f", full: true });
    const closed = () => one.raw().reads.filter(({ header }) => header.stream === "playlist_items").length;
    const before = closed();
    expect(before).to.be.below(4);
    one.clock.ms += dayMs;
    expect((await one.run()).status).to.equal("complete");
    expect(closed()).to.equal(4);
  });

  it("reads one playlist, and no other stream", async () => {
    const one = known();
    await one.run();
    expect(await callsOf(one, { container: "one" })).to.deep.equal([
      ...["me", "me/playlists", "playlists/one/items", "playlists/one/items", "me/playlists"],
    ]);
  });

  it("reads one library, one list of a day, or a playlist that was refused", async () => {
    const one = known();
    one.library.playlists.push(playlist("theirs", ids("t", 2), { ownerId: "someone" }));
    await one.run();
    expect(await callsOf(one, { container: "saved_tracks" })).to.deep.equal(Array(3).fill("me/tracks"));
    expect(await callsOf(one, { container: "tracks:short_term" })).to.deep.equal(["me/top/tracks"]);
    expect(await callsOf(one, { container: "followed_artists" })).to.deep.equal(["me/following"]);
    expect(await callsOf(one, { container: "theirs" })).to.include("playlists/theirs/items");
  });

  it("reads it for the listener that is named, or for all who have it", async () => {
    const one = known();
    one.settings.listeners = ["me", "you"];
    one.secrets.signIns.you = signIn("refresh-you");
    await one.run();
    expect(await callsOf(one, { container: "saved_tracks" })).to.have.length(6);
    expect(await callsOf(one, { container: "saved_tracks", listener: "you" })).to.have.length(3);
  });

  it("reads a search again by its words, slashes or not", async () => {
    const one = known();
    one.settings.sources = ["search:AC/DC", "profile"];
    await one.run();
    expect(await callsOf(one, { container: "AC/DC" })).to.deep.equal(["search"]);
    expect((await failureOf(one.run({ id: "x", container: "DC" }))).code).to.equal("unknown_container");
  });

  it("names a container that nobody has, and lets the next run begin", async () => {
    const one = known();
    await one.run();
    const error = await failureOf(one.run({ id: "x", container: "three" }));
    expect(error.code).to.equal("unknown_container");
    expect(error.message).to.match(/^No listener here has a container three;/);
    expect(one.state().lease).to.equal(null);
    expect(await callsOf(one, {})).not.to.deep.equal([]);
  });
});
