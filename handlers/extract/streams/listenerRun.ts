import type { ArtistIndex } from "../artistIndex";
import type { CallBudget } from "../callBudget";
import type { CodedError } from "../../shared/errors";
import { consequenceOf } from "../../shared/runFailures";
import type { RawWriter } from "../../raw/writer";
import type { Session } from "../../state/session";
import type { SpotifyClient } from "../spotify/client";
import type { ExtractState } from "../../state/extractState";

/** One listener's part of an extract run: what the streams work with, and what the run record will say. */
export interface ListenerRun {
  listener: string;
  runId: string;
  /** One object for all listeners of the run. */
  budget: CallBudget;
  client: SpotifyClient;
  session: Session;
  rawWriter: RawWriter;
  /** What the landing notes of artists, if their details are to be read. */
  artists: ArtistIndex | undefined;
  startedAt: number;
  now(): number;
  /** Prints an entry with the run and the listener that it is of. */
  log(entry: Record<string, unknown>): void;
  /** Prints an entry as it is. */
  emit(entry: Record<string, unknown>): void;
  /** Whole days until Spotify ends the listener's sign-in; null if that is not known. */
  tokenDaysLeft: number | null;
  counts: { read: number; unchanged: number; skipped: number };
  /** Days after which a whole library is read even if nothing speaks for it. */
  reconcileDays: number;
  /** Why something is left for the next run: the first reason. */
  postponed?: CodedError;
  /** Why the run counts as failed. */
  failure?: CodedError;
  /** Containers that failed one after the other. */
  failuresInARow: number;
  /** State changes that come true once all that is collected has landed. */
  onceWritten: ((state: ExtractState) => ExtractState)[];
}

/** Lands what is collected, then moves the checkpoints that rest on it. Never the other way round. */
export async function flushAndCheckpoint(run: ListenerRun): Promise<void> {
  await run.rawWriter.flush();
  for (const change of run.onceWritten.splice(0)) run.session.change(change);
  await run.session.save();
}

/** Containers that may fail in a row before Spotify is taken to be out of order. */
const failuresAllowed = 2;

/**
 * Reads one container. If Spotify does not answer for it, that is noted as the run's failure; if it did not hold still,
 * it is postponed. Either way undefined is returned and the other containers are read. A third container in a row that
 * Spotify does not answer for throws, and so does every other failure.
 */
export async function tolerateFailure<T>(run: ListenerRun, read: () => Promise<T>): Promise<T | undefined> {
  const callsBefore = run.client.spent.calls;
  try {
    const made = await read();
    // What took no call does not show that Spotify answers.
    if (run.client.spent.calls > callsBefore) run.failuresInARow = 0;
    return made;
  } catch (error) {
    const consequence = consequenceOf(error);
    if (consequence !== "transient" && consequence !== "container") {
      run.failuresInARow = 0;
      if (consequence !== "changed") throw error;
      postpone(run, error as CodedError);
      return undefined;
    }
    run.failuresInARow += 1;
    if (run.failuresInARow > failuresAllowed) throw error;
    const { code, message } = (run.failure ??= error as CodedError);
    run.log({ level: "WARN", message: "container failed", code, reason: message });
  }
}

/** Returns why `calls` more do not fit into what is left of budget and time, or undefined if they do. */
export function shortageFor(run: ListenerRun, calls: number): CodedError | undefined {
  return run.budget.shortageFor(calls, run.client.spent);
}

/** Returns whether `calls` more fit; if not, something is postponed to the next run. */
export function hasCalls(run: ListenerRun, calls: number): boolean {
  const shortage = shortageFor(run, calls);
  if (shortage) postpone(run, shortage);
  return !shortage;
}

/** Records that something is left for the next run. */
export function postpone(run: ListenerRun, reason: CodedError): void {
  run.postponed ??= reason;
}

/** Returns a time as state and raw lines have it: ISO 8601 UTC. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
