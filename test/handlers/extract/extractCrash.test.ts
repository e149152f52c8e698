import { expect } from "chai";
import fc from "fast-check";
import { endReserveMs, type ExtractDeps, type RunSummary } from "../../../handlers/extract/extract";
import { stateKey } from "../../../handlers/state/session";
import type { ExtractState } from "../../../handlers/state/extractState";
import type { Store } from "../../../handlers/shared/store";
import { callMs, dayMs, withMishap, world, type Mishap, type World } from "../../support/extractWorld";
import { errorAnswer, jsonAnswer, type FakeFault, type FakeLibrary } from "../../support/fakeSpotify";
import { edit, ids, library, playlist, plays, savedTracks, topContainers } from "../../support/libraries";
import { idsIn, libraryIn, listingIn, playlistsIn, playsIn } from "../../support/rawReader";

const small = () =>
  library({
    playlists: [
      playlist("two-pages", ids("b", 60)),
      playlist("one", ids("l", 3)),
      playlist("others", ["x"], { ownerId: "someone" }),
    ],
    saved: savedTracks(ids("s", 60)),
    savedAlbums: savedTracks(ids("a", 3)),
    plays: plays(ids("p", 60)),
    top: { "tracks:short_term": ids("t", 60), "artists:long_term": ids("u", 2) },
    followed: ids("f", 60),
  });

/** Calls that a first run over {@link small} takes. */
const calls = 20;

/** Those of them that read top items: an edit of anything else between them is the same as one before. */
const topCalls = 6;

/** What changes overnight: an edit, a new playlist, one that goes, saves, favourites, many plays and a late one. */
function overnight(shelf: FakeLibrary): void {
  edit(shelf.playlists[0]!, ids("c", 55));
  shelf.playlists.splice(1, 1, playlist("new", ids("n", 4)));
  shelf.saved.unshift(
    { id: "added2", addedAt: "2026-11-23T00:00:02Z" },
    { id: "added1", addedAt: "2026-11-23T00:00:01Z" },
  );
  shelf.savedAlbums.pop();
  shelf.top["tracks:short_term"]!.reverse();
  shelf.followed.push("followed");
  shelf.plays.push(...plays(ids("q", 30), "2026-11-23T01:00:00Z"));
  shelf.plays.push({ id: "late", playedAt: "2026-11-22T03:59:59Z" });
}

/** Raw says what Spotify has: every readable playlist, both libraries, the lists, and the plays it still knows. */
function expectTruth(one: World): void {
  const raw = one.raw();
  const { playlists, saved, savedAlbums, plays: played, top, followed, userId } = one.library;
  const contents = playlistsIn(raw);
  for (const mine of playlists)
    if (mine?.ownerId === userId) expect(contents[mine.id], mine.id).to.deep.equal(mine.items);
  expect(libraryIn(raw)).to.deep.equal(new Set(saved.map(({ id }) => id)));
  expect(libraryIn(raw, "saved_albums")).to.deep.equal(new Set(savedAlbums.map(({ id }) => id)));
  for (const container of topContainers)
    expect(idsIn(raw, container), container).to.deep.equal((top[container] ?? []).slice(0, 50));
  expect(idsIn(raw, "followed_artists")).to.deep.equal(followed);
  const known = [...played].sort((a, b) => Date.parse(b.playedAt) - Date.parse(a.playedAt)).slice(0, 50);
  expect([...playsIn(raw)]).to.include.members(known.map(({ id, playedAt }) => `${playedAt} ${id}`));
  expect(raw.gaps).to.deep.equal([]);
  expect(listingIn(raw)).to.deep.equal(playlists.map((one) => one?.id));
}

/** Worlds in which a run is about to start: an empty one, and one in which much is known, but no longer true. */
const scenes: Record<string, () => Promise<World>> = {
  "first run": async () => world(small()),
  "next day": async () => {
    const one = world(small());
    await one.run();
    one.clock.ms += dayMs;
    overnight(one.library);
    return one;
  },
  "closings left over": async () => {
    const one = world(small());
    // Time is up right before the list would be read again.
    one.spotify.onCall = ({ path }) => {
      if (path.includes("others")) one.clock.ms += one.timeoutMs - endReserveMs - 1_000;
      return undefined;
    };
    await one.run();
    expect(one.spotify.calls).to.have.length(calls - 1);
    expect(Object.keys(playlistsIn(one.raw()))).to.deep.equal([]);
    one.spotify.onCall = () => undefined;
    one.clock.ms += dayMs;
    return one;
  },
};

const mishaps: Mishap[] = ["dies before", "dies after", "answer lost", "answer lost, retried"];

describe("extract, when a run dies anywhere", () => {
  for (const [scene, set] of Object.entries(scenes))
    for (const mishap of mishaps)
      it(`has everything after one more run: ${scene}, ${mishap}`, async () => {
        const start = await set();
        const untouched = start.copy();
        const counter = withMishap(untouched, -1, mishap);
        await untouched.run("e", counter.deps);
        expectTruth(untouched);
        expect(counter.count()).to.be.at.least(15);
        for (let at = 0; at < counter.count(); at += 1) {
          const one = start.copy();
          const outcome = await one
            .run("e", withMishap(one, at, mishap).deps)
            .catch((error: unknown) => error);
          if (mishap.startsWith("answer lost"))
            expect((outcome as RunSummary).status, `at ${at}`).to.equal("complete");
          // Every second time the event comes again at once, else the next day's run finds the lease expired.
          const again = at % 2 === 0;
          if (!again) one.clock.ms += dayMs;
          const { status } = await one.run(again ? "e" : "f");
          expect(status).to.be.oneOf(["complete", "duplicate"]);
          expectTruth(one);
          expect(one.state()).to.deep.include({ lease: null });
        }
      });

  it("never makes more calls than a day's budget, however often it dies", async () => {
    for (const mishap of ["dies before", "dies after"] as const) {
      const one = world(small());
      one.settings.callBudget = 45;
      for (let at = 0; at < 40; at += 1)
        await one.run("e", withMishap(one, at, mishap).deps).catch(() => undefined);
      expect(one.spotify.calls.length).to.be.at.most(45);
      one.clock.ms += dayMs;
      await one.run("f");
      expectTruth(one);
    }
  });
});

describe("extract, when Spotify fails anywhere", () => {
  const faults: Record<string, () => FakeFault> = {
    reset: () => new TypeError("fetch failed"),
    "502": () => jsonAnswer(502, "<html>Bad gateway</html>"),
    truncated: () => jsonAnswer(200, '{"items":[{"added_at"'),
    "rate limit": () => errorAnswer(429, "Too many", {}, { "retry-after": "2" }),
    expired: () => errorAnswer(401, "The access token expired"),
  };
  for (const [name, fault] of Object.entries(faults))
    it(`reads everything in that run: ${name}`, async () => {
      for (let at = 0; at < calls; at += 1) {
        const one = world(small());
        one.spotify.onCall = (_, index) => (index === at ? fault() : undefined);
        const { status, runs } = await one.run();
        expect([status, runs[0]!.retries]).to.deep.equal(["complete", 1]);
        expectTruth(one);
      }
    });

  it("reads everything once quota allows: quota at any call", async () => {
    for (let at = 0; at < calls; at += 1) {
      const one = world(small());
      one.spotify.onCall = (_, index) =>
        index === at ? errorAnswer(429, "Too many", { reason: "QUOTA_EXCEEDED" }) : undefined;
      expect((await one.run()).status).to.equal("partial");
      one.clock.ms += dayMs;
      expect((await one.run()).status).to.equal("complete");
      expectTruth(one);
    }
  });

  const changes: ((shelf: FakeLibrary) => void)[] = [
    (shelf) => {
      edit(shelf.playlists[0]!, ids("edited", 58));
    },
    (shelf) => {
      edit(shelf.playlists[0]!, [...ids("longer", 50), ...shelf.playlists[0]!.items]);
    },
    (shelf) => shelf.playlists.unshift(playlist("fresh", ids("f", 2))),
    (shelf) => shelf.playlists.pop(),
    (shelf) => shelf.saved.unshift({ id: "fresh", addedAt: "2026-11-24T00:00:00Z" }),
    (shelf) => shelf.saved.shift(),
    (shelf) => shelf.savedAlbums.shift(),
    (shelf) => shelf.plays.push({ id: "fresh", playedAt: "2026-11-24T00:00:00Z" }),
  ];
  for (const [scene, set] of Object.entries(scenes))
    it(`has the truth in the end, whatever is edited between two calls: ${scene}`, async () => {
      const start = await set();
      for (const change of changes)
        for (let at = 0; at < calls - topCalls; at += 1) {
          const one = start.copy();
          let seen = 0;
          one.spotify.onCall = ({ path }) => {
            if (!path.startsWith("/v1/me/top/") && seen++ === at) change(one.library);
            return undefined;
          };
          await one.run();
          one.spotify.onCall = () => undefined;
          expect((await one.run()).status).to.equal("complete");
          expectTruth(one);
        }
    });
});

describe("extract, two runs at once", () => {
  /** The world's outside, but each operation waits for its turn; puts of the state must follow one another. */
  function scheduled(one: World, s: fc.Scheduler): Partial<ExtractDeps> {
    const turn = async <T>(act: () => Promise<T>): Promise<T> => {
      await s.schedule(Promise.resolve());
      return act();
    };
    const { bucket } = one;
    const store: Store = {
      head: (key) => turn(() => bucket.head(key)),
      list: (prefix) => turn(() => bucket.list(prefix)),
      get: (key) => turn(() => bucket.get(key)),
      put: (key, body, ...rest) =>
        turn(async () => {
          const before = key === stateKey && bucket.objects.has(key) ? one.state().counter : 0;
          const etag = await bucket.put(key, body, ...rest);
          const { counter } = JSON.parse(Buffer.from(body).toString()) as ExtractState;
          if (key === stateKey) expect(counter).to.equal(before + 1);
          return etag;
        }),
    };
    const fetch: typeof globalThis.fetch = (input, init) =>
      turn(() => {
        one.clock.ms += callMs;
        return one.spotify.fetch(input, init);
      });
    const sleep = (ms: number) =>
      turn(async () => {
        one.clock.ms += ms;
      });
    return { store, fetch, sleep };
  }

  const race = async (s: fc.Scheduler, events: string[]) => {
    const one = world(small());
    const deps = scheduled(one, s);
    const runs = Promise.allSettled(events.map((event) => one.run(event, deps)));
    await s.waitFor(runs);
    const outcomes = await runs;
    const codes = outcomes.map((outcome) =>
      outcome.status === "fulfilled" ? outcome.value.status : (outcome.reason as { code?: string }).code,
    );
    return { one, codes };
  };

  it("of one event: one works, the other is fenced off or finds it served", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (s) => {
        const { one, codes } = await race(s, ["e", "e"]);
        expect(codes.filter((code) => code === "complete")).to.have.length(1);
        expect(codes.find((code) => code !== "complete")).to.be.oneOf(["fenced", "duplicate"]);
        expectTruth(one);
        expect(one.state().lease).to.equal(null);
      }),
      { numRuns: 30 },
    );
  });

  it("of two events: one works at a time, the other waits for it or comes again", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (s) => {
        const { one, codes } = await race(s, ["e", "f"]);
        expect(codes).to.include("complete");
        for (const code of codes) expect(code).to.be.oneOf(["complete", "lease_taken"]);
        expectTruth(one);
        expect((await one.run("g")).status).to.equal("complete");
      }),
      { numRuns: 30 },
    );
  });
});
