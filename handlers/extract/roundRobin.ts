import { pauseAt } from "./limits";
import type { ListenerRun } from "./streams/listenerRun";

/** A listener's reading in progress; each step is a turn, after which another listener may continue. */
export interface Reading {
  run: ListenerRun;
  steps: AsyncGenerator<void, void>;
}

/** Turns that everybody has before anybody reads what may be large: plays, then listings. */
const commonTurns = 2;

/**
 * Lets listeners read by turns until all are done. After the common turns the next one is the listener with the fewest
 * calls so far, so that all get a share of a budget that does not suffice. The counts are kept in the state as long as
 * somebody waits.
 * @param stopped called with the error that ended a listener's reading; if it throws, everybody's ends
 */
export async function readRoundRobin(
  readings: Reading[],
  stopped: (run: ListenerRun, error: unknown) => void,
): Promise<void> {
  if (readings.length > 1) beginShares(readings);
  const waiting = readings.map((reading) => ({ ...reading, turns: 0 }));
  while (waiting.length > 0) {
    const next = [...waiting].sort(
      (a, b) => Math.min(a.turns, commonTurns) - Math.min(b.turns, commonTurns) || sharesOf(a) - sharesOf(b),
    )[0]!;
    const isDone = await step(next).catch((error: unknown) => {
      stopped(next.run, error);
      return true;
    });
    next.turns += 1;
    if (isDone) waiting.splice(waiting.indexOf(next), 1);
  }
}

/** Makes one turn; if Spotify has asked for a pause since the last one, that is thrown into the reading. */
async function step({ run, steps, turns }: Reading & { turns: number }): Promise<boolean> {
  const pause = pauseAt(run);
  const before = run.client.spent.calls;
  try {
    return (await (pause ? steps.throw(pause) : steps.next())).done === true;
  } finally {
    const calls = run.client.spent.calls - before;
    if (turns >= commonTurns && calls > 0) count(run, calls);
  }
}

function sharesOf({ run }: Reading): number {
  return run.session.state().shares?.[run.listener] ?? 0;
}

/** Gives a new listener the smallest count of the others, so that they do not come before everybody. */
function beginShares(readings: Reading[]): void {
  const { session } = readings[0]!.run;
  session.change((state) => {
    const least = Math.min(...Object.values(state.shares ?? { nobody: 0 }));
    const shares = Object.fromEntries(
      readings.map(({ run: { listener } }) => [listener, state.shares?.[listener] ?? least]),
    );
    return { ...state, shares };
  });
}

function count({ session, listener }: ListenerRun, calls: number): void {
  session.change((state) => {
    const { shares } = state;
    const before = shares?.[listener];
    return before === undefined ? state : { ...state, shares: { ...shares, [listener]: before + calls } };
  });
}
