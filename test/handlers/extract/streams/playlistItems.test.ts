import { expect } from "chai";
import { dayMs, failureOf, world, type World } from "../../../support/extractWorld";
import { errorAnswer, type FakePlaylist } from "../../../support/fakeSpotify";
import { edit, ids, library, playlist } from "../../../support/libraries";
import { listingIn, playlistsIn } from "../../../support/rawReader";

function fresh(playlists: (FakePlaylist | null)[]): World {
  const one = world(library({ playlists }));
  one.settings.sources = ["playlist_items"];
  return one;
}

const others = (count: number, rest: Partial<FakePlaylist> = {}) =>
  ids("o", count).map((id) => playlist(id, ["x"], { ownerId: "someone", ...rest }));

/** Item calls since `from`, as `playlist/path`. */
const itemCalls = ({ spotify }: World, from = 0) =>
  spotify.calls
    .slice(from)
    .flatMap(({ path }) => /playlists\/(\w+\/(?:items|tracks))$/.exec(path)?.[1] ?? []);

const reasons = (one: World, run: number) => {
  const { runs, skips } = one.raw();
  const runId = runs[run]!.run_id;
  return Object.fromEntries(
    skips.filter((skip) => skip.run_id === runId).map((skip) => [skip.container, skip.reason]),
  );
};

describe("playlist_items", () => {
  it("are read for a new snapshot only", async () => {
    const lists = [playlist("a", ids("a", 3)), playlist("b", ids("b", 60))];
    const one = fresh(lists);
    await one.run();
    edit(lists[1]!, ids("c", 55));
    const from = one.spotify.calls.length;
    const { runs } = await one.run();
    expect(itemCalls(one, from)).to.deep.equal(["b/items", "b/items"]);
    expect(runs[0]).to.deep.include({ containers_read: 2, containers_unchanged: 1 });
    expect(playlistsIn(one.raw())).to.deep.equal({ a: ids("a", 3), b: ids("c", 55) });
    const { header, close } = one.raw().reads.find((read) => read.header.container === "b")!;
    expect([header.version, close.version]).to.deep.equal(["b-1", "b-1"]);
  });

  it("of a playlist without a snapshot are read each time", async () => {
    const one = fresh([playlist("a", ["x"])]);
    const without = (body: unknown) => JSON.stringify(body).replace('"snapshot_id":"a-1",', "");
    one.spotify.onCall = ({ path }) => (path === "/v1/me/playlists" ? without : undefined);
    await one.run();
    await one.run();
    expect(itemCalls(one)).to.deep.equal(["a/items", "a/items"]);
    expect(playlistsIn(one.raw())).to.deep.equal({ a: ["x"] });
  });

  it("become visible only if the playlist is the same when the list is read again", async () => {
    const lists = [playlist("a", ids("a", 3)), playlist("b", ids("b", 60))];
    const one = fresh(lists);
    one.spotify.onCall = (_, index) => {
      if (index === 4) edit(lists[1]!, ids("b", 60).reverse());
      return undefined;
    };
    const { runs } = await one.run();
    expect(runs[0]).to.deep.include({ status: "partial", stop_reason: "changed_while_read" });
    expect(playlistsIn(one.raw())).to.deep.equal({ a: ids("a", 3) });
    const written = one.raw();
    expect(written.lines.filter((line) => line.kind === "header" && line.container === "b")).to.deep.equal(
      [],
    );
    // The list that differed was written as a read of its own.
    expect(written.reads.filter(({ header }) => header.stream === "playlists")).to.have.length(2);
    const from = one.spotify.calls.length;
    await one.run();
    expect(itemCalls(one, from)).to.deep.equal(["b/items", "b/items"]);
    expect(playlistsIn(one.raw()).b).to.deep.equal(ids("b", 60).reverse());
  });

  it("are dropped at once if the total changes between pages", async () => {
    const lists = [playlist("b", ids("b", 60)), playlist("c", ids("c", 70))];
    const one = fresh(lists);
    one.spotify.onCall = (_, index) => {
      if (index === 3) edit(lists[0]!, ids("b", 61));
      return undefined;
    };
    expect((await one.run()).status).to.equal("partial");
    expect(Object.keys(playlistsIn(one.raw()))).to.deep.equal(["c"]);
    expect(one.raw().lines.filter((line) => line.kind === "page" && line.read_seq === 3)).to.deep.equal([]);
  });

  it("that Spotify counts but does not return are recorded, with their place", async () => {
    const one = fresh([playlist("b", ids("b", 60))]);
    const short = (body: unknown) => ({
      ...(body as object),
      items: (body as { items: unknown[] }).items.slice(2),
    });
    one.spotify.onCall = ({ path, offset }) => (path.includes("/b/") && offset === 50 ? short : undefined);
    expect((await one.run()).status).to.equal("complete");
    expect(itemCalls(one)).to.have.length(3);
    expect(one.raw().skips[0]).to.deep.include({
      ...{
        container: "b",
        container_name: "List b",
        position: 58,
        count: 2,
        reason: "not_returned",
        until: null,
      },
    });
    expect(one.raw().reads.find(({ header }) => header.container === "b")!.close.positions).to.equal(60);
  });

  it("that were written in a part are closed by a later run if this one dies", async () => {
    // Two playlists of about 8 MB each, so that parts are written while reading.
    const name = "x".repeat(170_000);
    const lists = [playlist("a", ids(name, 51)), playlist("b", ids(name, 52))];
    const one = fresh(lists);
    const dead = Object.assign(new Error("The process dies."), { code: "fenced" });
    const fetch: typeof globalThis.fetch = (input, init) =>
      one.spotify.calls.length === 6 ? Promise.reject(dead) : one.spotify.fetch(input, init);
    const sleep = () => Promise.reject(dead);
    expect((await failureOf(one.run("e", { fetch, sleep }))).code).to.equal("fenced");
    const from = one.spotify.calls.length;
    expect((await one.run("e")).status).to.equal("complete");
    expect(itemCalls(one, from)).to.deep.equal([]);
    expect(playlistsIn(one.raw())).to.deep.equal({ a: lists[0]!.items, b: lists[1]!.items });
  });

  it("are written to one object, and a part more only where a part is full", async () => {
    const large = playlist("large", ids("x".repeat(170_000), 51));
    const one = fresh([...ids("p", 5).map((id) => playlist(id, [id])), large]);
    for (const list of one.library.playlists.slice(0, 5)) list!.items.push(...ids("y", 60));
    await one.run();
    const objects = one.raw().keys.filter((key) => key.includes("/playlist_items/"));
    // Small ones and the large one's first page; its second page, so that the state may know it; the closings.
    expect(objects).to.have.length(3);
  });

  describe("of other people's playlists", () => {
    it("are tried three times, then not any more for 30 days", async () => {
      const one = fresh([...others(6), playlist("mine", ["x"])]);
      await one.run();
      expect(itemCalls(one)).to.deep.equal(["mine/items", "o0/items", "o1/items", "o2/items"]);
      const expected = Object.fromEntries(ids("o", 6).map((id) => [id, "not_owned"]));
      expect(reasons(one, 0)).to.deep.equal(expected);
      expect(
        one.raw().skips.map((skip) => [skip.stream, skip.http_status, skip.container_name]),
      ).to.deep.equal(
        ids("o", 6).map((id, index) => ["playlist_items", index < 3 ? 403 : null, `List ${id}`]),
      );
      const from = one.spotify.calls.length;
      one.clock.ms += 29 * dayMs;
      one.library.playlists.push(playlist("late", ["x"], { ownerId: "someone" }));
      await one.run();
      expect(itemCalls(one, from)).to.deep.equal([]);
      expect(reasons(one, 1)).to.deep.equal({ ...expected, late: "not_owned" });
      one.clock.ms += 2 * dayMs;
      await one.run();
      expect(itemCalls(one, from)).to.have.length(3);
    });

    it("are all tried while one of them may be read", async () => {
      const one = fresh([
        playlist("open", ["x", "y"], { ownerId: "someone", paths: ["items"] }),
        ...others(5),
      ]);
      one.library.playlists.sort((a, b) => a!.id.localeCompare(b!.id));
      // The open one is larger, so it is tried last; three refusals before it are one too many.
      await one.run();
      expect(itemCalls(one)).to.have.length(3);
      one.library.playlists = [
        playlist("open", ["x"], { ownerId: "someone", paths: ["items"] }),
        ...others(5),
      ];
      const other = fresh(one.library.playlists);
      await other.run();
      expect(itemCalls(other)).to.have.length(6);
      expect(playlistsIn(other.raw())).to.deep.equal({ open: ["x"] });
    });

    it("are asked for again when the listener becomes a collaborator", async () => {
      const one = fresh(others(1));
      await one.run();
      Object.assign(one.library.playlists[0]!, { collaborative: true, paths: ["items"] });
      await one.run();
      expect(playlistsIn(one.raw())).to.deep.equal({ o0: ["x"] });
    });
  });

  it("of a deleted playlist are not found, for 30 days", async () => {
    const one = fresh([playlist("a", ["x"]), playlist("b", ["x"])]);
    await one.run();
    const from = one.spotify.calls.length;
    edit(one.library.playlists[0]!, ["y"]);
    one.spotify.onCall = ({ path }) =>
      path.includes("/a/") ? errorAnswer(404, "Resource not found") : undefined;
    await one.run();
    await one.run();
    expect(itemCalls(one, from)).to.deep.equal(["a/items"]);
    expect([reasons(one, 1), reasons(one, 2)]).to.deep.equal([{ a: "not_found" }, { a: "not_found" }]);
    one.clock.ms += 30 * dayMs;
    await one.run();
    expect(itemCalls(one, from)).to.deep.equal(["a/items", "a/items"]);
  });

  describe("at the old path", () => {
    it("are looked for where the new one finds nothing, until a playlist was read", async () => {
      const lists = ids("p", 3).map((id) => playlist(id, [id], { paths: ["tracks"] }));
      const one = fresh(lists);
      one.spotify.onCall = ({ path }) =>
        path.endsWith("/items") || path.includes("/p1/") ? errorAnswer(404, "Service not found") : undefined;
      await one.run();
      // The first one is known to have been read once it is written.
      expect(itemCalls(one)).to.deep.equal(["p0/items", "p0/tracks", "p1/tracks", "p1/items", "p2/tracks"]);
      expect(playlistsIn(one.raw())).to.deep.equal({ p0: ["p0"], p2: ["p2"] });
      expect(reasons(one, 0)).to.deep.equal({ p1: "not_found" });
    });

    it("are not found if they are at neither", async () => {
      const one = fresh([playlist("a", ["x"])]);
      one.spotify.onCall = ({ path }) => (path.includes("/a/") ? errorAnswer(404, "Not found") : undefined);
      await one.run();
      await one.run();
      expect(itemCalls(one)).to.deep.equal(["a/items", "a/tracks"]);
      expect(reasons(one, 1)).to.deep.equal({ a: "not_found" });
    });

    const old = (id: string) => playlist(id, [id], { paths: ["tracks"] });

    it("are found when the new one refuses the listener's own playlist, from then on at once", async () => {
      const one = fresh([old("a"), old("b")]);
      expect((await one.run()).status).to.equal("complete");
      expect(itemCalls(one)).to.deep.equal(["a/items", "a/tracks", "b/tracks"]);
      expect(playlistsIn(one.raw())).to.deep.equal({ a: ["a"], b: ["b"] });
      const { header } = one.raw().reads.find((read) => read.header.container === "b")!;
      expect(header.request).to.contain("/v1/playlists/b/tracks?");
    });

    it("are looked for at the new one again once Spotify takes the old one away", async () => {
      const one = fresh([old("a")]);
      await one.run();
      Object.assign(one.library.playlists[0]!, { paths: ["items"], snapshot: "later" });
      await one.run();
      expect(itemCalls(one).slice(2)).to.deep.equal(["a/tracks", "a/items"]);
    });

    it("may be refused, too: gone for an owner, not owned for a collaborator", async () => {
      const one = fresh([
        playlist("mine", [], { paths: [] }),
        playlist("ours", [], { ownerId: "someone", collaborative: true }),
      ]);
      await one.run();
      expect(itemCalls(one)).to.deep.equal(["mine/items", "mine/tracks", "ours/items", "ours/tracks"]);
      expect(reasons(one, 0)).to.deep.equal({ mine: "removed_endpoint", ours: "not_owned" });
      await one.run();
      expect(itemCalls(one)).to.have.length(4);
    });
  });

  it("of a playlist that left the list are forgotten, and read when it comes back", async () => {
    const list = playlist("a", ["x"]);
    const one = fresh([list]);
    await one.run();
    one.library.playlists = [];
    await one.run();
    expect(one.state().listeners.me!.containers).to.deep.equal({});
    expect(listingIn(one.raw())).to.deep.equal([]);
    one.library.playlists = [list];
    await one.run();
    expect(itemCalls(one)).to.have.length(2);
  });
});
