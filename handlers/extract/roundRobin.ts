import { pauseAt } from "./limits";
import type { ListenerRun } from "./streams/listenerRun";

/** A listener's reading under way; each step of it is a turn, after which another listener may go on. */
export interface Reading {
  run: ListenerRun;
  steps: AsyncGenerator<void, void>;
}

/** Turns that everybody has before anybody reads what may be large: what is soon gone, then the listings. */
const commonTurns = 2;

/**
 * Lets listeners read by turns until all have done. After the common turns it is the turn of whoever has had the fewest
 * calls of those that everybody wants, so that a budget which does not suffice goes round. The count lives in the state
 * from run to run for as long as somebody waits.
 * @param stopped told of what ended a listener's reading before its time; what it throws ends everybody's
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

/** One turn; a pause that Spotify asked for since the last one is thrown where the reading stands. */
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

/** Who is new begins where the one stands who has had least, not before everybody. */
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
