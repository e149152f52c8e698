import type { ArtistIndex } from "../artistIndex";
import type { CallBudget } from "../callBudget";
import type { CodedError } from "../../shared/errors";
import { consequenceOf } from "../../shared/runFailures";
import type { RawWriter } from "../../raw/writer";
import type { Session } from "../../state/session";
import type { SpotifyClient } from "../spotify/client";
import type { ApiAnswer } from "../spotify/transport";
import { listenerState, type ContainerState, type ExtractState } from "../../state/extractState";

/** One listener's part of an extract run: what the streams work with, and what the run record will say. */
export interface ListenerRun {
  listener: string;
  /** All listeners of the stack. */
  listeners: string[];
  /** Digest of the listener's sign-in; undefined without one. */
  signIn: string | undefined;
  /** Spotify's answer about the account, if it has been asked for. */
  profile?: ApiAnswer;
  runId: string;
  /** Shared by all listeners of the run. */
  budget: CallBudget;
  client: SpotifyClient;
  session: Session;
  rawWriter: RawWriter;
  /** The artists in what is written, if their details are to be read. */
  artists: ArtistIndex | undefined;
  startedAt: number;
  now(): number;
  /** Logs an entry with the run and its listener. */
  log(entry: Record<string, unknown>): void;
  /** Logs an entry as it is. */
  emit(entry: Record<string, unknown>): void;
  /** Whole days until Spotify ends the listener's sign-in; null if that is not known. */
  tokenDaysLeft: number | null;
  /** Containers by what came of them. */
  counts: { read: number; unchanged: number; skipped: number };
  /** Days after which a whole library is read even if it seems unchanged. */
  reconcileDays: number;
  /** Why something is left for the next run: the first reason. */
  postponed?: CodedError;
  /** Why the run counts as failed. */
  failure?: CodedError;
  /** Containers that failed one after the other. */
  failuresInARow: number;
  /** Changes of the state that are applied once all that is collected is written. */
  onceWritten: ((state: ExtractState) => ExtractState)[];
}

/** Writes what is collected, then moves the checkpoints that depend on it. Never the other way round. */
export async function flushAndCheckpoint(run: ListenerRun): Promise<void> {
  await run.rawWriter.flush();
  for (const change of run.onceWritten.splice(0)) run.session.change(change);
  await run.session.save();
}

/** Returns the checkpoint of one of the listener's containers, empty if there is none. */
export function checkpointOf(run: ListenerRun, key: string): ContainerState {
  return listenerState(run.session.state(), run.listener).containers[key] ?? {};
}

/** Containers that may fail in a row before Spotify is considered to be out of order. */
const failuresAllowed = 2;

/**
 * Reads one container and returns what `read` does. Returns undefined, so that the others are read, if Spotify does not
 * answer (which makes the run a failed one) or if the container changed meanwhile (it is postponed). Throws if a third
 * container in a row gets no answer, and any other failure.
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

/** Returns why `calls` more do not fit into the budget and the time left, or undefined if they do. */
export function shortageFor(run: ListenerRun, calls: number): CodedError | undefined {
  return run.budget.shortageFor(calls, run.client.spent);
}

/** Returns whether `calls` more fit; if not, the run is noted as having postponed something. */
export function fitsOrPostpone(run: ListenerRun, calls: number): boolean {
  const shortage = shortageFor(run, calls);
  if (shortage) postpone(run, shortage);
  return !shortage;
}

/** Notes that something is left for the next run. */
export function postpone(run: ListenerRun, reason: CodedError): void {
  run.postponed ??= reason;
}

/** Returns a time in the form that the state and raw lines have: ISO 8601 UTC. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
