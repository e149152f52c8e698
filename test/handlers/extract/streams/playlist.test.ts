import { expect } from "chai";
import { dayMs, world, type World } from "../../../support/extractWorld";
import { errorAnswer, type FakePlaylist } from "../../../support/fakeSpotify";
import { edit, ids, library, playlist } from "../../../support/libraries";
import { playlistsIn } from "../../../support/rawReader";

/** A world whose only source is the playlist `p`. */
function fresh(rest: Partial<FakePlaylist> = {}): World {
  const one = world(library({ playlists: [playlist("p", ids("t", 60), rest)] }));
  one.settings.sources = ["playlist:p"];
  return one;
}

const paths = (one: World, from = 0) => one.spotify.calls.slice(from).map(({ path }) => path.slice(4));

describe("playlist:ID", () => {
  it("is described each time, and read when its snapshot is new", async () => {
    const one = fresh();
    await one.run();
    expect(paths(one)).to.deep.equal([
      "playlists/p",
      "playlists/p/items",
      "playlists/p/items",
      "playlists/p",
    ]);
    expect(one.spotify.calls[3]!.url).to.contain("fields=id%2Csnapshot_id");
    const { lines, keys, reads } = one.raw();
    expect(lines.filter(({ kind }) => kind === "object")).to.have.length(1);
    expect(keys[0]).to.match(/^raw\/me\/playlist_p-[0-9a-f]{8}\//);
    expect(reads[0]!.header).to.deep.include({ stream: "playlist:p", container: "p", version: "p-1" });
    expect(playlistsIn(one.raw()).p).to.deep.equal(ids("t", 60));
    expect((await one.run()).runs[0]).to.deep.include({ calls: 1, containers_unchanged: 1 });
    edit(one.library.playlists[0]!, ["x"]);
    expect((await one.run()).runs[0]).to.deep.include({ calls: 3, containers_read: 1 });
    expect(playlistsIn(one.raw()).p).to.deep.equal(["x"]);
  });

  it("that changes while it is read is left to the next run", async () => {
    const one = fresh();
    one.spotify.onCall = (_, index) => {
      if (index === 2) edit(one.library.playlists[0]!, ids("u", 60));
      return undefined;
    };
    expect((await one.run()).runs[0]).to.deep.include({
      status: "partial",
      stop_reason: "changed_while_read",
    });
    expect(one.raw().reads).to.deep.equal([]);
    expect((await one.run()).status).to.equal("complete");
    expect(playlistsIn(one.raw()).p).to.deep.equal(ids("u", 60));
  });

  it("is closed by the next run if this one has no call left for it", async () => {
    const one = fresh();
    one.spotify.onCall = (_, index) =>
      index === 3 ? errorAnswer(429, "", { reason: "QUOTA_EXCEEDED" }) : undefined;
    await one.run();
    expect(one.raw().reads).to.deep.equal([]);
    one.clock.ms += dayMs;
    expect((await one.run()).runs[0]).to.deep.include({ calls: 1, containers_read: 1 });
    expect(one.raw().reads[0]!.day).to.equal("2026-11-22");
  });

  it("is read again if it changed before it could be closed", async () => {
    const one = fresh();
    one.spotify.onCall = (_, index) =>
      index === 3 ? errorAnswer(429, "", { reason: "QUOTA_EXCEEDED" }) : undefined;
    await one.run();
    edit(one.library.playlists[0]!, ids("u", 50));
    one.clock.ms += dayMs;
    expect((await one.run()).runs[0]).to.deep.include({ status: "complete", calls: 3 });
    expect(one.raw().reads.map(({ header }) => header.version)).to.deep.equal(["p-1'"]);
  });

  it("is skipped if no day's budget can hold it, or waits for a day that can", async () => {
    const one = fresh();
    one.settings.callBudget = 3;
    expect((await one.run()).runs[0]).to.deep.include({ status: "complete", calls: 1 });
    expect(one.raw().skips[0]).to.deep.include({ container: "p", reason: "over_budget" });
    one.settings.callBudget = 4;
    expect((await one.run()).runs[0]).to.deep.include({ status: "partial", stop_reason: "budget_spent" });
    one.clock.ms += dayMs;
    expect((await one.run()).status).to.equal("complete");
  });

  it("that the app may not read is skipped, but described", async () => {
    const one = fresh({ ownerId: "someone" });
    one.secrets.signIns = {};
    await one.run();
    expect(paths(one)).to.deep.equal(["playlists/p", "playlists/p/items", "playlists/p/tracks"]);
    const { runs } = await one.run();
    expect(runs[0]).to.deep.include({ status: "complete", calls: 1, containers_skipped: 1 });
    const { skips, lines } = one.raw();
    expect(skips.map((skip) => [skip.stream, skip.reason, skip.container_name])).to.deep.equal(
      Array(2).fill(["playlist:p", "not_owned", "List p"]),
    );
    expect(lines.filter(({ kind }) => kind === "object")).to.have.length(2);
  });

  it("that does not exist is not asked for again within 30 days", async () => {
    const one = fresh();
    one.library.playlists = [];
    await one.run();
    await one.run();
    expect(paths(one)).to.deep.equal(["playlists/p"]);
    expect(one.raw().skips.map(({ reason }) => reason)).to.deep.equal(["not_found", "not_found"]);
  });
});
