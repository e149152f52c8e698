import type { ArtistIndex } from "../artistIndex";
import { codeOf, failure, type CodedError } from "../../shared/errors";
import type { Landing } from "../../raw/writer";
import type { Session } from "../../state/session";
import type { SpotifyClient } from "../spotify/client";
import { isPassing } from "../spotify/failures";
import type { ExtractState } from "../../state/extractState";

/** One listener's part of an extract run: what the streams work with, and what the run record will say. */
export interface ListenerRun {
  listener: string;
  runId: string;
  callBudget: number;
  client: SpotifyClient;
  session: Session;
  landing: Landing;
  /** What the landing notes of artists, if their details are to be read. */
  artists: ArtistIndex | undefined;
  startedAt: number;
  now(): number;
  /** Milliseconds until the last moment at which a call may be under way. */
  timeLeft(): number;
  /** Prints an entry with the run and the listener that it is of. */
  log(entry: Record<string, unknown>): void;
  /** Prints an entry as it is. */
  print(entry: Record<string, unknown>): void;
  /** Whole days until Spotify ends the listener's sign-in; null if that is not known. */
  tokenDaysLeft: number | null;
  tally: { read: number; unchanged: number; skipped: number };
  /** Days after which a whole library is read even if nothing speaks for it. */
  reconcileDays: number;
  /** Calls that later steps of this run need and that no container may take, by listener; one object for all of them. */
  kept: Record<string, number>;
  /** One object for all listeners; see {@link DayBudget}. */
  dayBudget: DayBudget;
  /** Why something is left for the next run: the first reason. */
  leftOver?: CodedError;
  /** Why the run counts as failed. */
  fault?: CodedError;
  /** Containers that failed one after the other. */
  faultsInARow: number;
  /** State changes that come true once all that is collected has landed. */
  afterLanding: ((state: ExtractState) => ExtractState)[];
}

/** What this run knows of the day's call budget. */
export interface DayBudget {
  /** True while nothing of it was spent but on what every day takes. */
  isFresh: boolean;
}

/** Lands what is collected, then moves the checkpoints that rest on it. Never the other way round. */
export async function settle(run: ListenerRun): Promise<void> {
  await run.landing.flush();
  for (const change of run.afterLanding.splice(0)) run.session.change(change);
  await run.session.save();
}

/** Containers that may fail in a row before Spotify is taken to be out of order. */
const faultsAllowed = 2;

/**
 * Reads one container. If Spotify fails to answer for it, or it did not hold still, that is noted and undefined
 * returned, so that one bad container does not keep the rest from being read; a third one in a row that Spotify does
 * not answer for throws, as does every other failure.
 */
export async function attempt<T>(run: ListenerRun, read: () => Promise<T>): Promise<T | undefined> {
  try {
    const made = await read();
    run.faultsInARow = 0;
    return made;
  } catch (error) {
    const code = codeOf(error);
    if (code === "changed_while_read") {
      leaveOver(run, error as CodedError);
      return undefined;
    }
    if (!isPassing(code) && code !== "request_rejected") throw error;
    run.faultsInARow += 1;
    if (run.faultsInARow > faultsAllowed) throw error;
    run.fault ??= error as CodedError;
    run.log({ level: "WARN", message: "container failed", code, reason: run.fault.message });
  }
}

/** Assumed length of a call before the first has been made. */
const usualCallMs = 500;

/** Why `calls` more do not fit into what is left of budget and time, or undefined if they do. */
export function lackFor(run: ListenerRun, calls: number): CodedError | undefined {
  const needed = Object.values(run.kept).reduce((sum, kept) => sum + kept, calls);
  const { spent } = run.client;
  const callMs = spent.calls > 0 ? spent.ms / spent.calls : usualCallMs;
  if (needed > run.session.callsLeft())
    return failure(
      "budget_spent",
      "What is left of the day's call budget was too little: the next run goes on.",
    );
  if (needed * callMs > run.timeLeft())
    return failure(
      "out_of_time",
      "What was left of the function's time was too little: the next run goes on.",
    );
}

/** Records that something is left for the next run. */
export function leaveOver(run: ListenerRun, reason: CodedError): void {
  run.leftOver ??= reason;
}

/** The wording of a time in state and raw lines: ISO 8601 UTC. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
