import { instant } from "../../raw/json";
import { deviceClockToleranceMs } from "../../../schemas/plays";
import { pageSize } from "../spotify/client";
import { changeListener, listenerState } from "../../state/extractState";
import { keepObject } from "./containerRead";
import { iso, type ListenerRun } from "./listenerRun";

const stream = "recently_played";

/** The most plays that one answer holds. */
const playsKept = pageSize;

/** The parts of a play that distinguish it from any other. */
interface PlayBody {
  played_at?: string;
  track?: { uri?: string } | null;
}

/**
 * Asks for the last plays and writes the answer if a play in it is not known. Plays appear hours late and out of order,
 * so a cursor would miss some: they are asked for without one, and compared as sets. If all plays of a full answer are
 * new, there may be others between the known ones and these: that is recorded as a gap.
 */
export async function readRecentlyPlayed(run: ListenerRun): Promise<void> {
  const answer = await run.client.recentlyPlayed();
  const items = answer.body.items as (PlayBody | null)[];
  const keys = items.flatMap((play) => (play?.played_at ? [keyOf(play)] : []));
  const { plays: known = [], plays_begun } = listenerState(run.session.state(), run.listener);
  if (keys.every((key) => known.includes(key))) {
    run.counts.unchanged += 1;
    return;
  }
  const reached = known.length > 0 || plays_begun === undefined ? known : [plays_begun];
  // If the process dies once these are written, a gap can be seen by nothing else.
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

function keyOf({ played_at, track }: PlayBody): string {
  return `${played_at} ${track?.uri}`;
}

/** Records the time between the known plays and the new ones, if plays may have been lost in it. */
function recordGap(run: ListenerRun, day: string, known: string[], keys: string[]): void {
  if (known.length === 0 || keys.some((key) => known.includes(key))) return;
  const from = timesIn(known, run.now()).at(-1);
  const to = timesIn(keys, run.now())[0];
  // If the new plays begin before the last known one, there is nothing between.
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
 * Returns when the plays were played, in order, without what is no time or comes from a device whose clock is ahead:
 * such a time would hide any gap.
 */
function timesIn(keys: string[], now: number): string[] {
  const times = keys.map((key) => key.slice(0, key.indexOf(" ")));
  const past = times.filter((time) => (instant(time) ?? Infinity) <= now + deviceClockToleranceMs);
  return past.sort((a, b) => instant(a)! - instant(b)!);
}
