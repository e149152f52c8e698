import { expect } from "chai";
import { EventQueue, type EventFailure } from "../../../cloud/events/events";
import type { InvokeResult, LocalFunction } from "../../../cloud/lambda/function";

const failedAt = Date.UTC(2026, 0, 2, 3, 4, 5);
const error = { errorType: "Error", errorMessage: "no" };

/** A function that fails as often as given, and what it was called with. */
function failing(times: number) {
  const calls: { event: unknown; requestId: string }[] = [];
  const invoke = async (event: unknown, requestId: string): Promise<InvokeResult> => {
    calls.push({ event, requestId });
    const common = { requestId, durationMs: 1 };
    return calls.length <= times ? { ok: false, error, ...common } : { ok: true, payload: null, ...common };
  };
  return {
    calls,
    target: { deployed: { name: "transform", arn: "arn:transform" }, invoke } as unknown as LocalFunction,
  };
}

describe("EventQueue", () => {
  let kept: EventFailure[];
  let queue: EventQueue;
  const clock = { now: () => failedAt };
  const policy = { retries: 2, maxAgeSeconds: 21600 };

  beforeEach(() => {
    kept = [];
    queue = new EventQueue({ keep: (failure) => kept.push(failure), clock, retryWaits: [1] });
  });

  const cases: [failures: number, retries: number, attempts: number, lost: number][] = [
    [0, 2, 1, 0],
    [2, 2, 3, 0],
    [3, 2, 3, 1],
    [1, 0, 1, 1],
  ];
  for (const [failures, retries, attempts, lost] of cases) {
    it(`tries ${attempts} times if ${failures} attempts fail and ${retries} retries are allowed`, async () => {
      const { calls, target } = failing(failures);
      queue.submit(target, { a: 1 }, { ...policy, retries });
      await queue.settle();
      expect(calls.map(({ event }) => event)).to.eql(Array(attempts).fill({ a: 1 }));
      expect(new Set(calls.map(({ requestId }) => requestId)).size).to.equal(1);
      expect(queue.failures).to.have.length(lost);
    });
  }

  it("keeps a failure", async () => {
    const { calls, target } = failing(9);
    queue.submit(target, { a: 1 }, { ...policy, retries: 1 });
    await queue.settle();
    const failure: EventFailure = {
      functionName: "transform",
      functionArn: "arn:transform",
      requestId: calls[0]!.requestId,
      attempts: 2,
      condition: "RetriesExhausted",
      error,
      failedAt: "2026-01-02T03:04:05.000Z",
      event: { a: 1 },
    };
    expect(queue.failures).to.eql([failure]);
    expect(kept).to.eql([failure]);
  });

  // Lambda tries again one minute after the first failure, and two minutes after the second.
  const ages: [maxAgeSeconds: number, attempts: number][] = [
    [59, 1],
    [60, 2],
    [179, 2],
    [180, 3],
  ];
  for (const [maxAgeSeconds, attempts] of ages) {
    it(`tries ${attempts} times an event that may become ${maxAgeSeconds} seconds old`, async () => {
      queue.submit(failing(9).target, {}, { ...policy, maxAgeSeconds });
      await queue.settle();
      const condition = attempts === 3 ? "RetriesExhausted" : "EventAgeExceeded";
      expect(kept.map((one) => [one.attempts, one.condition])).to.eql([[attempts, condition]]);
    });
  }

  it("waits for events that come up while it waits", async () => {
    const second = failing(1);
    const first = failing(1);
    const { invoke } = first.target;
    first.target.invoke = async (...given) => {
      const result = await invoke(...given);
      if (result.ok) queue.submit(second.target, {}, policy);
      return result;
    };
    queue.submit(first.target, {}, policy);
    await queue.settle();
    expect(second.calls).to.have.length(2);
  });

  it("does not wait, before an event of a function, for what objects set off in another", async () => {
    const waiting = new Map<string, () => void>();
    const slow = (name: string) => {
      const invoke = (_: unknown, requestId: string) =>
        new Promise<InvokeResult>((resolve) =>
          waiting.set(name, () => resolve({ ok: true, payload: null, requestId, durationMs: 1 })),
        );
      return { deployed: { name, arn: `arn:${name}` }, invoke } as unknown as LocalFunction;
    };
    const [extract, transform] = [slow("extract"), slow("transform")];
    queue.submit(extract, {}, policy);
    queue.submit(transform, {}, policy, { ofObject: true });
    const ready: string[] = [];
    const note = (what: string) => () => void ready.push(what);
    const all = [
      queue.settleBefore([extract]).then(note("extract")),
      queue.settleBefore([transform]).then(note("transform")),
      queue.settle().then(note("all")),
    ];
    await new Promise(setImmediate);
    expect(ready).to.eql([]);
    waiting.get("extract")!();
    await all[0];
    expect(ready).to.eql(["extract"]);
    waiting.get("transform")!();
    await Promise.all(all);
    expect(ready).to.have.members(["extract", "transform", "all"]);
  });

  it("retries nothing after stop, and counts nothing in flight as a failure", async () => {
    const patient = new EventQueue({ keep: (failure) => kept.push(failure), clock, retryWaits: [1e6] });
    const { calls, target } = failing(9);
    patient.submit(target, {}, policy);
    await new Promise(setImmediate);
    patient.stop();
    await patient.settle();
    expect(calls).to.have.length(1);
    expect(patient.failures).to.eql([]);
    expect(kept).to.eql([]);
  });

  it("says so if a failure cannot be kept", async () => {
    const keep = () => {
      throw new Error("disk full");
    };
    const full = new EventQueue({ keep, clock, retryWaits: [1] });
    full.submit(failing(9).target, {}, policy);
    const rejection = await full.settle().catch((reason: Error) => reason.message);
    expect(rejection).to.equal("disk full");
  });
});
