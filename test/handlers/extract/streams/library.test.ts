import { expect } from "chai";
import fc from "fast-check";
import { dayMs, failureOf, type World } from "../../../support/extractWorld";
import { errorAnswer } from "../../../support/fakeSpotify";
import { ids } from "../../../support/libraries";
import { libraryIn } from "../../../support/rawReader";
import { lastRead, offsets, savedLibrary } from "./savedLibrary";

for (const [stream, shelf] of [
  ["saved_tracks", "saved"],
  ["saved_albums", "savedAlbums"],
] as const) {
  const { known, fresh, save } = savedLibrary(stream, shelf);

  describe(stream, () => {
    it("reads everything the first time, and the first page again at the end", async () => {
      const one = fresh(ids("s", 120));
      await one.run();
      expect(offsets(one)).to.deep.equal([0, 50, 100, 0]);
      const { header, close, entries } = lastRead(one);
      expect(header).to.deep.include({
        container: stream,
        read_kind: "full",
        library_version: header.read_seq,
      });
      expect(close).to.deep.include({ pages: 3, positions: 120, version: null });
      expect(entries).to.have.length(120);
    });

    it("needs one call for a library of one page, or an empty one", async () => {
      for (const count of [50, 1, 0]) {
        const one = fresh(ids("s", count));
        await one.run();
        expect(offsets(one)).to.deep.equal([0]);
        expect(lastRead(one).close).to.deep.include({ pages: 1, positions: count });
      }
    });

    it("writes nothing when nothing is new", async () => {
      const one = await known(ids("s", 120));
      const before = one.raw().reads.length;
      const { runs } = await one.run();
      expect(offsets(one)).to.deep.equal([0]);
      expect(one.raw().reads).to.have.length(before);
      expect(runs[0]).to.deep.include({ containers_unchanged: 1, containers_read: 0, raw_objects: 0 });
    });

    it("reads only what was added, on top of the last full read", async () => {
      const one = await known(ids("s", 120));
      const full = lastRead(one).header.read_seq;
      for (const id of ["x", "y", "z"]) save(one, id);
      await one.run();
      expect(offsets(one)).to.deep.equal([0]);
      const { header, close, entries } = lastRead(one);
      expect(header).to.deep.include({ read_kind: "additions", library_version: full });
      expect(close).to.deep.include({ pages: 1, positions: 3 });
      const items = entries.map((entry) => Object.values(entry as object)[1] as { id: string });
      expect(items.map(({ id }) => id)).to.deep.equal(["z", "y", "x"]);
      save(one, "again");
      await one.run();
      expect(lastRead(one).header).to.deep.include({ read_kind: "additions", library_version: full });
      expect(libraryIn(one.raw(), stream).size).to.equal(124);
    });

    it("reads on until it meets what is known", async () => {
      for (const [added, pages] of [
        [49, [0]],
        [50, [0, 50, 0]],
        [99, [0, 50, 0]],
        [100, [0, 50, 100, 0]],
      ] as const) {
        const one = await known(ids("s", 200));
        for (const id of ids("x", added)) save(one, id);
        await one.run();
        expect(offsets(one), `${added} added`).to.deep.equal(pages);
        expect(lastRead(one).close).to.deep.include({
          pages: Math.max(1, pages.length - 1),
          positions: added,
        });
        expect(libraryIn(one.raw(), stream).size).to.equal(200 + added);
      }
    });

    it("reads everything again after a removal, and begins a new version", async () => {
      const one = await known(ids("s", 120));
      one.library[shelf].splice(70, 1);
      await one.run();
      expect(offsets(one)).to.deep.equal([0, 50, 100, 0]);
      const { header } = lastRead(one);
      expect(header.library_version).to.equal(header.read_seq);
      expect(libraryIn(one.raw(), stream).size).to.equal(119);
    });

    it("is not fooled by a removal beside a save", async () => {
      for (const removed of [0, 1, 70, 119]) {
        const one = await known(ids("s", 120));
        one.library[shelf].splice(removed, 1);
        save(one, "new");
        await one.run();
        expect(lastRead(one).header.read_kind).to.equal("full");
        expect(libraryIn(one.raw(), stream)).to.deep.equal(new Set(one.library[shelf].map(({ id }) => id)));
      }
    });

    it("is not fooled by an entry that turns up further down", async () => {
      const one = await known(ids("s", 120));
      save(one, "new");
      one.library[shelf].splice(100, 0, { id: "late", addedAt: "2026-11-19T22:30:30Z" });
      await one.run();
      expect(lastRead(one).header.read_kind).to.equal("full");
      expect(libraryIn(one.raw(), stream).has("late")).to.equal(true);
    });

    it("takes a track that was saved again for an addition beside a removal", async () => {
      const one = await known(ids("s", 60));
      one.library[shelf].splice(30, 1);
      save(one, "s30");
      await one.run();
      expect(lastRead(one).header.read_kind).to.equal("full");
    });

    it("does not mind tracks of one moment that change places", async () => {
      const one = fresh(ids("s", 60));
      for (const saved of one.library[shelf]) saved.addedAt = "2026-11-20T00:00:00Z";
      await one.run();
      const [first, second] = one.library[shelf];
      one.library[shelf].splice(0, 2, second!, first!);
      const { runs } = await one.run();
      expect(runs[0]).to.deep.include({ calls: 1, containers_unchanged: 1 });
    });

    it("reads everything again after 30 days", async () => {
      const one = await known(ids("s", 60));
      one.clock.ms += 29 * dayMs;
      await one.run();
      one.clock.ms += dayMs;
      save(one, "new");
      await one.run();
      expect(offsets(one)).to.deep.equal([0, 0, 50, 0]);
      expect(lastRead(one).header.read_kind).to.equal("full");
    });

    it("reads what was added even if the refresh fails, and refreshes the next day", async () => {
      const one = await known(ids("s", 120));
      one.settings.reconcileDays = 7;
      one.clock.ms += 7 * dayMs;
      one.settings.callBudget = 10;
      one.spotify.onCall = ({ offset }) => (offset === 50 ? errorAnswer(500, "oops") : undefined);
      save(one, "new");
      await failureOf(one.run());
      expect(libraryIn(one.raw(), stream).has("new")).to.equal(true);
      expect(lastRead(one).header.read_kind).to.equal("additions");
      one.spotify.onCall = () => undefined;
      one.clock.ms += dayMs;
      await one.run();
      expect(lastRead(one).header.read_kind).to.equal("full");
    });

    it("reads everything again if an empty library fills, and when it is cleared", async () => {
      const one = await known([]);
      for (const id of ids("x", 60)) save(one, id);
      await one.run();
      expect(libraryIn(one.raw(), stream).size).to.equal(60);
      one.library[shelf] = [];
      await one.run();
      expect(libraryIn(one.raw(), stream).size).to.equal(0);
    });

    for (const [name, change] of [
      ["a save and a removal", (one: World) => (save(one, "new"), one.library[shelf].pop())],
      ["a save", (one: World) => save(one, "new")],
    ] as const)
      it(`leaves a library that changes while it is read to the next run: ${name}`, async () => {
        const one = fresh(ids("s", 120));
        one.spotify.onCall = (_, index) => {
          if (index === 2) change(one);
          return undefined;
        };
        const { runs } = await one.run();
        expect(runs[0]).to.deep.include({
          status: "partial",
          stop_reason: "changed_while_read",
          containers_read: 0,
        });
        expect(one.raw().lines.map(({ kind }) => kind)).to.deep.equal(["run"]);
        expect((await one.run()).status).to.equal("complete");
        expect(libraryIn(one.raw(), stream)).to.deep.equal(new Set(one.library[shelf].map(({ id }) => id)));
      });

    it("asks once more for a page that is short, and records what Spotify does not return", async () => {
      const one = fresh(ids("s", 120));
      const short = (body: unknown) => ({
        ...(body as object),
        items: (body as { items: unknown[] }).items.slice(0, 48),
      });
      one.spotify.onCall = ({ offset }) => (offset === 50 ? short : undefined);
      expect((await one.run()).status).to.equal("complete");
      expect(offsets(one)).to.deep.equal([0, 50, 50, 100, 0]);
      const { skips } = one.raw();
      expect(skips).to.have.length(1);
      expect(skips[0]).to.deep.include({
        stream: stream,
        position: 98,
        count: 2,
        reason: "not_returned",
      });
      const { close, entries } = lastRead(one);
      expect(close.positions).to.equal(120);
      expect(entries.flatMap((entry, position) => (entry === undefined ? [position] : []))).to.deep.equal([
        98, 99,
      ]);
      one.spotify.onCall = (_, index) => (index === 5 ? short : undefined);
      expect((await one.run()).runs[0]).to.deep.include({ calls: 2, containers_unchanged: 1, retries: 0 });
    });

    it("records a library that no day's budget can hold, or waits for a day that can", async () => {
      const one = fresh(ids("s", 500));
      one.settings.callBudget = 11;
      await one.run();
      expect((await one.run()).status).to.equal("complete");
      expect(one.raw().skips[0]).to.deep.include({
        container: stream,
        reason: "over_budget",
        position: -1,
      });
      one.settings.callBudget = 12;
      expect((await one.run()).runs[0]).to.deep.include({
        status: "partial",
        stop_reason: "budget_spent",
        calls: 1,
      });
      one.clock.ms += dayMs;
      expect((await one.run()).runs[0]).to.deep.include({ status: "complete", calls: 11 });
    });

    it("remembers for 30 days that the endpoint was taken from the app", async () => {
      const one = fresh(ids("s", 5));
      one.spotify.onCall = () => errorAnswer(403, "Forbidden");
      expect((await one.run()).status).to.equal("complete");
      one.clock.ms += dayMs;
      expect((await one.run()).runs[0]).to.deep.include({ calls: 0, containers_skipped: 1 });
      expect(one.raw().skips.map(({ reason }) => reason)).to.deep.equal([
        "removed_endpoint",
        "removed_endpoint",
      ]);
      one.spotify.onCall = () => undefined;
      one.clock.ms += 30 * dayMs;
      await one.run();
      expect(libraryIn(one.raw(), stream).size).to.equal(5);
    });

    it("knows the library after any run, whatever was saved and removed", async () => {
      const action = fc.oneof(
        fc.record({ kind: fc.constant("save" as const), count: fc.integer({ min: 1, max: 60 }) }),
        fc.record({ kind: fc.constant("remove" as const), count: fc.integer({ min: 0, max: 130 }) }),
        fc.record({ kind: fc.constant("run" as const), count: fc.constant(0) }),
      );
      let made = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 120 }),
          fc.array(action, { maxLength: 8 }),
          async (size, actions) => {
            const one = fresh(ids("s", size));
            for (const { kind, count } of [...actions, { kind: "run" as const, count: 0 }]) {
              if (kind === "save") for (let at = 0; at < count; at += 1) save(one, `n${(made += 1)}`);
              if (kind === "remove") one.library[shelf].splice(count % (one.library[shelf].length || 1), 1);
              if (kind !== "run") continue;
              one.clock.ms += dayMs;
              await one.run();
              expect(libraryIn(one.raw(), stream)).to.deep.equal(
                new Set(one.library[shelf].map(({ id }) => id)),
              );
            }
          },
        ),
        { numRuns: 40 },
      );
    });
  });
}
