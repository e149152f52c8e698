import { expect } from "chai";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { EventQueue, type EventFailure } from "../../local/events";
import type { InvokeResult, LocalFunction } from "../../local/lambda/function";
import { makeFolder } from "./archives";

const failedAt = Date.UTC(2026, 0, 2, 3, 4, 5);
const error = { errorType: "Error", errorMessage: "no" };

/** A function that fails as often as told, and what it was called with. */
function failing(times: number) {
  const calls: { event: unknown; requestId: string }[] = [];
  const invoke = async (event: unknown, requestId: string): Promise<InvokeResult> => {
    calls.push({ event, requestId });
    const common = { requestId, durationMs: 1 };
    return calls.length <= times ? { ok: false, error, ...common } : { ok: true, payload: null, ...common };
  };
  return { calls, target: { deployed: { name: "transform" }, invoke } as unknown as LocalFunction };
}

describe("EventQueue", () => {
  let failedDir: string;
  let queue: EventQueue;

  beforeEach(() => {
    failedDir = path.join(makeFolder(), "failed");
    queue = new EventQueue({ failedDir, clock: { now: () => failedAt }, retryWaits: [1] });
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
      queue.submit(target, { a: 1 }, retries);
      await queue.settle();
      expect(calls.map(({ event }) => event)).to.eql(Array(attempts).fill({ a: 1 }));
      expect(new Set(calls.map(({ requestId }) => requestId)).size).to.equal(1);
      expect(queue.failures).to.have.length(lost);
    });
  }

  it("keeps a failure in memory and as a file", async () => {
    const { calls, target } = failing(9);
    queue.submit(target, { a: 1 }, 1);
    await queue.settle();
    const { requestId } = calls[0]!;
    const failure: EventFailure = {
      functionName: "transform",
      requestId,
      attempts: 2,
      error,
      failedAt: "2026-01-02T03:04:05.000Z",
      event: { a: 1 },
    };
    expect(queue.failures).to.eql([failure]);
    expect(readdirSync(failedDir)).to.eql([`2026-01-02T030405.000Z-transform-${requestId}.json`]);
    const [file] = readdirSync(failedDir);
    expect(JSON.parse(readFileSync(path.join(failedDir, file!), "utf8"))).to.eql(failure);
  });

  it("waits for events that come up while it waits", async () => {
    const second = failing(1);
    const first = failing(1);
    const { invoke } = first.target;
    first.target.invoke = async (...given) => {
      const result = await invoke(...given);
      if (result.ok) queue.submit(second.target, {}, 2);
      return result;
    };
    queue.submit(first.target, {}, 2);
    await queue.settle();
    expect(second.calls).to.have.length(2);
  });

  it("tries no more after stop, and takes what was under way for no failure", async () => {
    const patient = new EventQueue({ failedDir, clock: { now: () => failedAt }, retryWaits: [1e6] });
    const { calls, target } = failing(9);
    patient.submit(target, {}, 2);
    await new Promise(setImmediate);
    patient.stop();
    await patient.settle();
    expect(calls).to.have.length(1);
    expect(patient.failures).to.eql([]);
    expect(existsSync(failedDir)).to.equal(false);
  });

  it("says so if a failure cannot be written", async () => {
    const nowhere = new EventQueue({
      failedDir: "/dev/null/x",
      clock: { now: () => failedAt },
      retryWaits: [1],
    });
    nowhere.submit(failing(9).target, {}, 0);
    const rejection = await nowhere.settle().catch((reason: NodeJS.ErrnoException) => reason.code);
    expect(rejection).to.equal("ENOTDIR");
  });
});
