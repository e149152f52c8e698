import { instant } from "../../raw/json";
import { deviceClockToleranceMs } from "../../../schemas/plays";
import { pageSize } from "../spotify/client";
import { changeListener, listenerState } from "../../state/extractState";
import { keepObject } from "./containerRead";
import { iso, type ListenerRun } from "./listenerRun";

const stream = "recently_played";

/** As many plays as one answer holds. */
const playsKept = pageSize;

/** The parts of a play that tell it from any other. */
interface Play {
  played_at?: string;
  track?: { uri?: string } | null;
}

/**
 * Asks for the last plays and keeps the answer if it holds one that is not known. Plays turn up hours late and out of
 * order, so a cursor would miss some: they are compared as sets, and asked for without one. An answer full of new plays
 * may not reach back to those that are known; then what lies between is recorded as a gap.
 */
export async function readRecentlyPlayed(run: ListenerRun): Promise<void> {
  const answer = await run.client.recentlyPlayed();
  const items = answer.body.items as (Play | null)[];
  const keys = items.flatMap((play) => (play?.played_at ? [keyOf(play)] : []));
  const { plays: known = [], plays_begun } = listenerState(run.session.state(), run.listener);
  if (keys.every((key) => known.includes(key))) {
    run.counts.unchanged += 1;
    return;
  }
  const reached = known.length > 0 || plays_begun === undefined ? known : [plays_begun];
  // A process that dies once these have landed leaves nothing else to tell a gap by.
  if (reached.length === 0)
    run.session.change((state) => changeListener(state, run.listener, { plays_begun: keys[0] }));
  const day = await keepObject(run, { stream, container: stream }, answer);
  if (items.length >= playsKept) recordGap(run, day, reached, keys);
  const plays = [...keys, ...known.filter((key) => !keys.includes(key))].slice(0, playsKept);
  run.onceWritten.push((state) => changeListener(state, run.listener, { plays, plays_begun: undefined }));
  run.counts.read += 1;
  run.log({
    message: "plays read",
    stream,
    new: keys.filter((key) => !known.includes(key)).length,
  });
}

function keyOf({ played_at, track }: Play): string {
  return `${played_at} ${track?.uri}`;
}

/** Records the time between what is known and what came, if plays may have been lost in it. */
function recordGap(run: ListenerRun, day: string, known: string[], keys: string[]): void {
  if (known.length === 0 || keys.some((key) => known.includes(key))) return;
  const from = timesIn(known, run.now()).at(-1);
  const to = timesIn(keys, run.now())[0];
  // An answer that reaches back behind what is known leaves nothing between.
  if (from === undefined || to === undefined || instant(to)! <= instant(from)!) return;
  const { listener, runId } = run;
  run.rawWriter.add(stream, day, {
    kind: "gap",
    listener,
    stream,
    run_id: runId,
    from,
    to,
    at: iso(run.now()),
  });
  run.log({ level: "WARN", message: "plays may be missing", from, to });
}

/**
 * When the plays were played, in order of time: those that are times, and not of a device whose clock is ahead, behind
 * which any gap would hide.
 */
function timesIn(keys: string[], now: number): string[] {
  const times = keys.map((key) => key.slice(0, key.indexOf(" ")));
  const past = times.filter((time) => (instant(time) ?? Infinity) <= now + deviceClockToleranceMs);
  return past.sort((a, b) => instant(a)! - instant(b)!);
}
