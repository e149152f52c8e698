import { expect } from "chai";
import fc from "fast-check";
import { dayMs, world, type World } from "../../../support/extractWorld";
import { ids, library } from "../../../support/libraries";
import { idsIn } from "../../../support/rawReader";

function fresh(count: number): World {
  const one = world(library({ followed: ids("a", count) }));
  one.settings.sources = ["followed_artists"];
  return one;
}

const followed = (one: World) => idsIn(one.raw(), "followed_artists");
const cursors = (one: World, from = 0) =>
  one.spotify.calls.slice(from).map(({ url }) => new URL(url).searchParams.get("after"));

/** Changes the list in an answer. */
const changed = (change: (artists: { items: unknown[]; total: number; cursors: unknown }) => object) => {
  return (body: unknown) => {
    const { artists } = body as { artists: { items: unknown[]; total: number; cursors: unknown } };
    return { artists: { ...artists, ...change(artists) } };
  };
};

describe("followed_artists", () => {
  it("are read by cursor to its end, with the place of each page", async () => {
    const one = fresh(120);
    const { runs } = await one.run();
    expect(cursors(one)).to.deep.equal([null, "a49", "a99"]);
    expect(one.spotify.calls[0]!.url).to.contain("/v1/me/following?type=artist&limit=50");
    expect(runs[0]).to.deep.include({ status: "complete", calls: 3, containers_read: 1, raw_objects: 1 });
    const offsets = one.raw().lines.flatMap((line) => (line.kind === "page" ? [line.offset] : []));
    expect(offsets).to.deep.equal([0, 50, 100]);
    const { header, close } = one.raw().reads[0]!;
    expect(header).to.deep.include({ container: "followed_artists", version: null, read_kind: "full" });
    expect(close).to.deep.include({ pages: 3, positions: 120, version: null });
    expect(followed(one)).to.deep.equal(one.library.followed);
  });

  it("are read once a UTC day", async () => {
    const one = fresh(2);
    await one.run();
    expect((await one.run()).runs[0]).to.deep.include({ calls: 0, containers_unchanged: 1 });
    one.clock.ms += dayMs;
    one.library.followed = [];
    expect((await one.run()).runs[0]).to.deep.include({ calls: 1, containers_read: 1 });
    expect(followed(one)).to.deep.equal([]);
  });

  it("that change while they are read are left to the next run", async () => {
    for (const change of [
      (one: World) => one.library.followed.push("new"),
      (one: World) => one.library.followed.splice(3, 1),
      // The cursor's artist is gone: the fake then begins again, as no two pages may be put together.
      (one: World) => one.library.followed.splice(49, 1, "other"),
    ]) {
      const one = fresh(120);
      one.spotify.onCall = (_, index) => {
        if (index === 1) change(one);
        return undefined;
      };
      expect((await one.run()).runs[0]).to.deep.include({
        status: "partial",
        stop_reason: "changed_while_read",
        containers_read: 0,
      });
      expect(one.raw().lines.map(({ kind }) => kind)).to.deep.equal(["run"]);
      one.spotify.onCall = () => undefined;
      expect((await one.run()).status).to.equal("complete");
      expect(followed(one)).to.deep.equal(one.library.followed);
    }
  });

  it("that Spotify counts but does not return are recorded, once that is sure", async () => {
    const one = fresh(60);
    one.spotify.onCall = () => changed(({ total }) => ({ total: total + 2 }));
    expect((await one.run()).runs[0]).to.deep.include({ status: "complete", calls: 4 });
    expect(one.raw().skips).to.have.length(1);
    expect(one.raw().skips[0]).to.deep.include({ position: 60, count: 2, reason: "not_returned" });
    expect(one.raw().reads[0]!.close).to.deep.include({ pages: 2, positions: 62 });
    const hiccup = fresh(60);
    hiccup.spotify.onCall = (_, index) =>
      index === 1 ? changed(({ items }) => ({ items: items.slice(1) })) : undefined;
    expect((await hiccup.run()).runs[0]).to.deep.include({ status: "partial", calls: 4 });
    expect((await hiccup.run()).status).to.equal("complete");
    expect(followed(hiccup)).to.have.length(60);
  });

  it("end where a cursor leads to nothing, or stands still", async () => {
    const one = fresh(60);
    one.spotify.onCall = () =>
      changed(({ items }) => ({ cursors: { after: items.length > 0 ? "a59" : "x" } }));
    await one.run().catch(() => undefined);
    expect(one.spotify.calls.length).to.be.below(6);
    const stuck = fresh(60);
    stuck.spotify.onCall = () => changed(() => ({ cursors: { after: "a9" } }));
    expect((await stuck.run()).runs[0]).to.deep.include({ stop_reason: "changed_while_read", calls: 2 });
  });

  it("are begun only if they fit into what is left, or into any day", async () => {
    const one = fresh(200);
    one.settings.callBudget = 5;
    expect((await one.run()).status).to.equal("complete");
    expect(one.raw().skips[0]).to.deep.include({ container: "followed_artists", reason: "over_budget" });
    one.settings.callBudget = 6;
    one.clock.ms += dayMs;
    await one.run();
    expect(followed(one)).to.have.length(200);
  });

  it("are all there, however many they are", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 320 }), async (count) => {
        const one = fresh(count);
        await one.run();
        expect(followed(one)).to.deep.equal(one.library.followed);
        expect(one.spotify.calls).to.have.length(Math.max(1, Math.ceil(count / 50)));
      }),
      { numRuns: 25 },
    );
  });
});
