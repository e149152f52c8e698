/** One file of more than 300 lines: the life of one session, from lease to release, on one set-up. */
import { expect } from "chai";
import fc from "fast-check";
import { openSession, Session, stateKey, type SessionOptions } from "../../../handlers/state/session";
import { markDailyRunStarted, type ExtractState } from "../../../handlers/state/extractState";
import type { Store } from "../../../handlers/shared/store";
import { failureOf } from "../../support/extractWorld";
import { memoryStore, s3Error } from "../../../cloud/memory/memoryStore";

const start = Date.parse("2026-11-22T04:15:00Z");

function setup() {
  const bucket = memoryStore();
  const clock = { ms: start };
  let opened = 0;
  const ask = (event: string, options: Partial<SessionOptions> = {}) =>
    openSession({
      store: bucket,
      now: () => clock.ms,
      sleep: async (ms) => {
        clock.ms += ms;
      },
      nonce: `nonce-${(opened += 1)}`,
      event,
      run: `run-${opened}`,
      spendableCalls: 100,
      remainingMs: () => start + 900_000 - clock.ms,
      ...options,
    });
  const open = async (...args: Parameters<typeof ask>) => {
    const session = await ask(...args);
    if (!(session instanceof Session)) throw new Error(`The session is ${session.status}.`);
    return session;
  };
  const state = () => JSON.parse(bucket.objects.get(stateKey)!.body.toString()) as ExtractState;
  return { bucket, clock, ask, open, state };
}

/** The bucket, but for its puts. */
const withPut = (bucket: Store, put: Store["put"]): Store => ({ ...bucket, put });

const noted = (name: string) => (state: ExtractState) => ({
  ...state,
  listeners: { [name]: { containers: {} } },
});

describe("openSession", () => {
  it("takes the lease until the function's deadline, and gives it back", async () => {
    const { open, state } = setup();
    const session = await open("e");
    expect(state().lease).to.deep.equal({ event: "e", run: "run-1", expires: "2026-11-22T04:30:00.000Z" });
    await session.release(true);
    expect(state()).to.deep.include({ lease: null, finished_events: ["e"], counter: 2 });
  });

  it("has nothing to do for an event that was served, but for one that failed", async () => {
    const { ask, open } = setup();
    await (await open("e")).release(true);
    expect(await ask("e")).to.deep.equal({ status: "duplicate" });
    await (await open("f")).release(false);
    expect(await ask("f")).to.be.instanceOf(Session);
  });

  it("waits a minute for another event's run, then fails", async () => {
    const { open, clock } = setup();
    await open("e");
    expect(await failureOf(open("f"))).to.include({
      code: "lease_taken",
      message:
        "Another run (run-1, event e) holds the lease until 2026-11-22T04:30:00.000Z at the latest: start this one again then.",
    });
    expect(clock.ms - start).to.equal(60_000);
  });

  it("yields at once to another event's run, if it is one that yields", async () => {
    const { ask, open, clock, state } = setup();
    const first = await open("e");
    expect(await ask("f", { yields: true })).to.deep.equal({ status: "yielded", holder: state().lease });
    expect([clock.ms, state().lease?.event]).to.deep.equal([start, "e"]);
    await first.release(true);
    expect(await ask("f", { yields: true })).to.be.instanceOf(Session);
  });

  it("goes on as soon as the other run is done", async () => {
    const { open, clock } = setup();
    const first = await open("e");
    const sleep = async (ms: number) => {
      clock.ms += ms;
      if (clock.ms - start === 10_000) await first.release(true);
    };
    expect(await open("f", { sleep })).to.have.property("spend");
  });

  it("does not wait longer than its own time", async () => {
    const { open, clock } = setup();
    await open("e");
    const remainingMs = () => start + 20_000 - clock.ms;
    expect((await failureOf(open("f", { remainingMs }))).code).to.equal("lease_taken");
    expect(remainingMs()).to.be.at.least(5_000);
  });

  it("takes over from an earlier attempt of the same event, which is fenced off", async () => {
    const { open, state } = setup();
    const first = await open("e");
    const second = await open("e");
    first.change(noted("first"));
    expect((await failureOf(first.save())).code).to.equal("fenced");
    second.change(noted("second"));
    await second.save();
    expect(Object.keys(state().listeners)).to.deep.equal(["second"]);
  });

  it("takes over an expired lease of another event", async () => {
    const { open, clock } = setup();
    const first = await open("e");
    clock.ms += 900_000;
    expect(await open("f", { remainingMs: () => 900_000 })).to.have.property("spend");
    expect((await failureOf(first.release(true))).code).to.equal("fenced");
  });

  it("lets one of two take the lease that start at once", async () => {
    const { open } = setup();
    const outcomes = await Promise.allSettled([open("e"), open("f")]);
    expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected"]);
  });
});

describe("a session that is abandoned", () => {
  it("releases the lease for the next event, and says of nothing that it was served", async () => {
    const { ask, open, state, clock } = setup();
    const session = await open("e");
    session.change(noted("unsaved"));
    await session.abandon();
    expect(state()).to.deep.include({ lease: null, finished_events: [], counter: 2, listeners: {} });
    expect([await ask("f"), clock.ms - start]).to.deep.include(0);
  });

  it("leaves what another attempt has written since", async () => {
    const { open, state, clock } = setup();
    const [first, second] = [await open("e"), await open("e")];
    await first.abandon();
    expect(state()).to.deep.include({ counter: 2, nonce: "nonce-2" });
    clock.ms += 900_000;
    const third = await open("f", { remainingMs: () => 900_000 });
    await second.abandon();
    expect(state().lease).to.deep.include({ event: "f" });
    await third.release(true);
    const counter = state().counter;
    await third.abandon();
    expect(state().counter).to.equal(counter);
  });

  it("does not write over an attempt that takes over right before its write", async () => {
    const { bucket, open, state } = setup();
    let takesOver = false;
    const store = withPut(bucket, async (...args) => {
      if (takesOver) await open("e");
      return bucket.put(...args);
    });
    const session = await open("e", { store });
    takesOver = true;
    await session.abandon();
    expect(state()).to.deep.include({ counter: 2, nonce: "nonce-2" });
    expect(state().lease).to.deep.include({ run: "run-2" });
  });

  it("tries once, and does not hide the first error", async () => {
    const { bucket, open, state } = setup();
    let puts = 0;
    const store = withPut(bucket, async (...args) => {
      if ((puts += 1) > 1) throw new Error("SlowDown");
      return bucket.put(...args);
    });
    const session = await open("e", { store });
    await session.abandon();
    expect([puts, state().lease?.event]).to.deep.equal([2, "e"]);
  });

  it("knows a write of its own whose answer was lost, even that of the lease", async () => {
    const { bucket, ask, state } = setup();
    let reads = 0;
    const store: Store = {
      ...bucket,
      put: async (...args) => {
        const etag = await bucket.put(...args);
        if (state().counter === 1) throw new Error("socket hang up");
        return etag;
      },
      get: async (key) => {
        if ((reads += 1) === 2) throw new Error("SlowDown");
        return bucket.get(key);
      },
    };
    expect((await failureOf(ask("e", { store }))).code).to.equal("storage");
    expect(state()).to.deep.include({ lease: null, counter: 2 });
  });
});

describe("a session's writes", () => {
  for (const error of [
    s3Error("PreconditionFailed", 412),
    s3Error("Conflict", 409),
    new Error("socket hang up"),
  ])
    it(`know their own work when its answer was lost (${error.message})`, async () => {
      const { bucket, open, state } = setup();
      let lost = false;
      const store = withPut(bucket, async (...args) => {
        const etag = await bucket.put(...args);
        lost = !lost;
        if (lost) throw error;
        return etag;
      });
      const session = await open("e", { store });
      session.change(noted("me"));
      await session.save();
      await session.release(true);
      expect(state()).to.deep.include({ counter: 3, lease: null });
    });

  it("are tried again if nothing was written, three times", async () => {
    const { bucket, open } = setup();
    let failures = 2;
    const store = withPut(bucket, async (...args) => {
      if (failures > 0) {
        failures -= 1;
        throw new Error("SlowDown");
      }
      return bucket.put(...args);
    });
    const session = await open("e", { store });
    failures = 3;
    session.change(noted("me"));
    expect((await failureOf(session.save())).code).to.equal("storage");
  });

  it("are not made when there is nothing to write", async () => {
    const { open, state } = setup();
    const session = await open("e");
    await session.save();
    expect(state().counter).to.equal(1);
  });

  it("do not overwrite a state of another format", async () => {
    const { bucket, open } = setup();
    await bucket.put(stateKey, Buffer.from('{"format":2}'), { ifNoneMatch: "*" });
    expect((await failureOf(open("e"))).code).to.equal("state_unknown");
  });
});

describe("a session's budget", () => {
  it("reserves before calls are made and gives back the rest", async () => {
    const { open, state } = setup();
    const session = await open("e");
    await session.spend();
    await session.spend();
    expect(state().budget).to.deep.equal({ day: "2026-11-22", reserved: 20 });
    // With the lease, in one write.
    expect(state().counter).to.equal(1);
    expect([session.callsUsed(), session.callsLeft()]).to.deep.equal([2, 98]);
    await session.release(true);
    expect(state().budget.reserved).to.equal(2);
  });

  it("is another one on the next day", async () => {
    const { open, state, clock } = setup();
    const session = await open("e", { spendableCalls: 3 });
    for (let call = 0; call < 3; call += 1) await session.spend();
    expect((await failureOf(session.spend())).code).to.equal("budget_spent");
    clock.ms += 86_400_000;
    await session.spend();
    await session.release(true);
    expect(state().budget).to.deep.equal({ day: "2026-11-23", reserved: 1 });
  });

  it("is not eased by what came with the lease the day before, once the day's run has begun", async () => {
    const { open, state, clock } = setup();
    const session = await open("e", { spendableCalls: 3 });
    clock.ms += 86_400_000;
    session.change((before) => markDailyRunStarted(before, "2026-11-23"));
    expect([session.callsUsed(), session.callsLeft()]).to.deep.equal([0, 3]);
    for (let call = 0; call < 3; call += 1) await session.spend();
    expect((await failureOf(session.spend())).code).to.equal("budget_spent");
    await session.release(true);
    expect(state().budget).to.deep.equal({ day: "2026-11-23", reserved: 3, begun: true });
  });

  it("is not eased by what was reserved the day before", async () => {
    const { open, state, clock } = setup();
    const session = await open("e");
    await session.spend();
    clock.ms += 86_400_000;
    await session.spend();
    expect(state().budget).to.deep.equal({ day: "2026-11-23", reserved: 20 });
  });

  it("is never overspent, whatever crashes and however often", async () => {
    const step = fc.oneof(
      { arbitrary: fc.constant("spend"), weight: 8 },
      fc.constantFrom("crash", "release", "next day", "begin"),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 50 })),
        async (steps, spendableCalls) => {
          const { open, clock } = setup();
          const made: Record<string, number> = {};
          let session: Session | undefined;
          for (const one of steps) {
            const opened = (session ??= await open(`e-${clock.ms}`, {
              spendableCalls,
              remainingMs: () => 900_000,
            }));
            const day = new Date(clock.ms).toISOString().slice(0, 10);
            if (one === "spend")
              await opened.spend().then(
                () => (made[day] = (made[day] ?? 0) + 1),
                () => undefined,
              );
            if (one === "next day") clock.ms += 86_400_000;
            if (one === "begin") opened.change((before) => markDailyRunStarted(before, day));
            if (one === "release") await opened.release(true);
            if (one === "release" || one === "crash") {
              session = undefined;
              clock.ms += 900_000;
            }
          }
          for (const calls of Object.values(made)) expect(calls).to.be.at.most(spendableCalls);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
