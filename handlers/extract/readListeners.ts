import { openRawWriter } from "../raw/writer";
import type { RunLine } from "../raw/format";
import { codeOf, type CodedError } from "../shared/errors";
import { consequenceOf, hasCode, runFailure } from "../shared/runFailures";
import type { Session } from "../state/session";
import { ArtistIndex } from "./artistIndex";
import type { CallBudget } from "./callBudget";
import type { ExtractDeps, ExtractSettings } from "./extract";
import { recordRetryAfter } from "./limits";
import { readRoundRobin } from "./roundRobin";
import { writeRunRecord } from "./runRecord";
import type { Secrets } from "./secrets";
import { SpotifyClient } from "./spotify/client";
import { signInDigest } from "./streams/account";
import { flushAndCheckpoint, postpone, type ListenerRun } from "./streams/listenerRun";
import { readSources } from "./streams/readSources";
import { tokenDaysLeft } from "./tokenLife";

/** What the listeners of a run share. */
export interface RunContext {
  deps: ExtractDeps;
  settings: ExtractSettings;
  secrets: Secrets;
  session: Session;
  run_id: string;
  event_id: string;
  /** Reads nothing but plays. */
  isPlaysRun: boolean;
  budget: CallBudget;
  /** Milliseconds until the last moment at which a call may be in progress. */
  timeLeft(): number;
}

/** Reads each listener's sources, by turns, and writes a record for each of them, which is returned. */
export async function readListeners(context: RunContext, sources: Map<string, string[]>): Promise<RunLine[]> {
  const readings = [...sources].map(([listener, own]) => {
    const run = listenerRun(context, listener);
    return { run, steps: readSources(run, own) };
  });
  await readRoundRobin(readings, stopReading);
  const records: RunLine[] = [];
  for (const { run } of readings) {
    await flushAndCheckpoint(run);
    records.push(await writeRunRecord(run, { ...context, stack: context.settings.stack }));
  }
  return records;
}

function listenerRun(context: RunContext, listener: string): ListenerRun {
  const { deps, settings, secrets, session, run_id, timeLeft, budget } = context;
  const { store, now, partSize } = deps;
  const startedAt = now();
  const signIn = secrets.signIns[listener];
  const account = { app: secrets.app, refreshToken: signIn?.refreshToken };
  const spend = () => session.spend();
  const client = new SpotifyClient({ ...deps, ...settings, ...account, timeLeft, spend });
  const beforePut = () => session.save();
  const rawWriter = openRawWriter({ store, listener, run: run_id, beforePut, partSize });
  const artists = settings.sources.includes("artist_details") ? new ArtistIndex(store, listener) : undefined;
  return {
    listener,
    listeners: settings.listeners,
    signIn: signIn && signInDigest(signIn),
    runId: run_id,
    budget,
    reconcileDays: settings.reconcileDays,
    tokenDaysLeft: tokenDaysLeft(signIn, now()),
    client,
    session,
    rawWriter: artists?.watch(rawWriter) ?? rawWriter,
    artists,
    startedAt,
    now,
    log: (entry) => {
      deps.log({ run_id, listener, ...entry, calls: client.spent.calls, ms: now() - startedAt });
    },
    emit: deps.log,
    counts: { read: 0, unchanged: 0, skipped: 0 },
    failuresInARow: 0,
    onceWritten: [],
  };
}

/** Notes why a listener's reading ended early, as a pause or as a failure; throws if nothing more may be written. */
function stopReading(run: ListenerRun, error: unknown): void {
  const consequence = consequenceOf(error);
  if (consequence === "abort") throw error;
  run.budget.release(run.listener);
  const { message, stack } = error as Error;
  const isKnown = codeOf(error) !== undefined;
  const stop = isKnown ? (error as CodedError) : runFailure("unexpected", message, error);
  if (consequence === "pause") postpone(run, stop);
  else run.failure = stop;
  if (hasCode(stop, "rate_limited", "quota_exceeded")) recordRetryAfter(run, stop);
  run.log({
    level: run.failure === stop ? "ERROR" : "WARN",
    message: "reading stopped",
    code: stop.code,
    reason: message,
    stack: isKnown ? undefined : stack,
  });
}
