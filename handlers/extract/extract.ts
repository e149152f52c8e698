import { artistIndex } from "./artistIndex";
import { codeOf, failure, type CodedError } from "../shared/errors";
import { consequenceOf, runFailure } from "../shared/runFailures";
import { openRawWriter } from "../raw/writer";
import { utcDay, type RunLine } from "../raw/format";
import { CallBudget } from "./callBudget";
import { recordRetryAfter } from "./limits";
import { readRoundRobin } from "./roundRobin";
import { planOf, sourcesByListener, spendableCalls, type RunPlan } from "./runPlan";
import { writeRunRecord } from "./runRecord";
import type { Secrets } from "./secrets";
import { openSession, type Session } from "../state/session";
import { spotifyClient } from "./spotify/client";
import {
  changeListener,
  dropCheckpoints,
  dropKnown,
  isDailyRunStarted,
  markDailyRunStarted,
  streamOf,
} from "../state/extractState";
import type { Store } from "../shared/store";
import { flushAndCheckpoint, iso, postpone, type ListenerRun } from "./streams/listenerRun";
import { readSources } from "./streams/readSources";
import { tokenDaysLeft } from "./tokenLife";

/** What extract needs from outside. */
export interface ExtractDeps {
  /** The raw bucket. */
  store: Store;
  /** Called once per run, so that a warm function sees a new sign-in. */
  secrets(): Promise<Secrets>;
  fetch: typeof globalThis.fetch;
  now(): number;
  sleep(ms: number): Promise<void>;
  /** At least 16 hex digits, new each time. */
  random(): string;
  log(entry: Record<string, unknown>): void;
  /** See {@link openRawWriter}. */
  partSize?: number;
}

/** What a stack is told to read. */
export interface ExtractSettings {
  /** Name of the stack, which its metrics carry. */
  stack: string;
  listeners: string[];
  /** `me` for all of a listener's streams, some of them by name, `artist_details`, or such as `playlist:ID`. */
  sources: string[];
  /** Web API calls per UTC day. */
  callBudget: number;
  /** Days after which saved tracks and albums are read as a whole, whatever seems to have changed. */
  reconcileDays: number;
  /** Country (ISO 3166-1) that an app without a listener reads the catalogue as of. */
  market: string;
  apiUrl: string;
  accountsUrl: string;
  /** ARN of the rule whose events ask for the last plays alone. */
  playsRule?: string;
}

/** What starts a run: an EventBridge event, of which these parts count, or what a person asks for. */
export interface ExtractEvent {
  id?: string;
  /** The ARN of the rule that sent it. */
  resources?: string[];
  /** Read everything again, whatever is known; if a day's budget does not suffice, the next runs go on. */
  full?: boolean;
  /** Read this container again, and nothing but its stream. */
  container?: string;
  /** Whose container that is, if not everybody's who has it. */
  listener?: string;
}

/** What came of a run. */
export interface RunSummary {
  run_id: string;
  event_id: string;
  /** `duplicate` if the event was served before, `yielded` to another run at work: then nothing was done. */
  status: RunLine["status"] | "duplicate" | "yielded";
  /** One record per listener, as landed. */
  runs: RunLine[];
}

/** Kept for writing raw objects and the state before the function is stopped. */
const endReserveMs = 10_000;

/**
 * Reads what is new at Spotify for all listeners and writes it as raw objects. A run that must stop early keeps what it
 * has, and the next one continues.
 * @returns the records of the run; one that failed for a reason that only an operator can fix is among them
 * @throws the first other failure, after all listeners have been read as far as possible and the state is released;
 * `lease_taken`, `fenced` or `storage` at once; `unknown_container`
 */
export async function extract(
  deps: ExtractDeps,
  settings: ExtractSettings,
  event: ExtractEvent,
  context: { awsRequestId: string; getRemainingTimeInMillis(): number },
): Promise<RunSummary> {
  const { now, log } = deps;
  const secrets = await deps.secrets();
  const plan = planOf(event, settings.playsRule);
  const event_id = event.id ?? context.awsRequestId;
  const nonce = deps.random();
  const run_id = `${iso(now()).replace(/\.\d+|[-:]/g, "")}-${nonce.slice(0, 8)}`;
  const sources = sourcesByListener(plan, settings, secrets);
  if (sources.size === 0) return { run_id, event_id, status: "complete", runs: [] };

  const calls = spendableCalls(plan, settings, secrets, now());
  const remainingMs = () => context.getRemainingTimeInMillis();
  const lease = { event: event_id, run: run_id, nonce, remainingMs };
  const session = await openSession({
    ...deps,
    ...lease,
    spendableCalls: calls,
    yields: plan.kind === "plays",
  });
  if (typeof session === "string") {
    log({ message: "nothing done", reason: session, run_id, event_id });
    return { run_id, event_id, status: session, runs: [] };
  }
  log({ message: "run started", run_id, event_id });
  try {
    const wanted = resetRequested(plan, sources, session);
    const timeLeft = () => remainingMs() - endReserveMs;
    const budget = new CallBudget({
      dailyBudget: settings.callBudget,
      spendableCalls: calls,
      isUntouched: plan.kind === "everything" && isFirstToday(session, now()),
      callsLeft: session.callsLeft,
      timeLeft,
    });
    const shared = { deps, settings, secrets, session, run_id, timeLeft, budget };
    const runs = await readAll(shared, wanted, event_id);
    if (plan.kind === "everything") noteReads(session, runs);
    return await endRun(session, { run_id, event_id, runs });
  } catch (error) {
    await session.abandon();
    throw error;
  }
}

/**
 * Drops the checkpoints that the plan ignores, and returns what is to be read then. For a single container, that is its
 * stream, for each listener who has it.
 */
function resetRequested(
  plan: RunPlan,
  sources: Map<string, string[]>,
  session: Session,
): Map<string, string[]> {
  if (plan.kind === "everything" && plan.full)
    for (const name of sources.keys()) session.change((state) => dropCheckpoints(state, name));
  if (plan.kind !== "reread") return sources;
  const { container, listener } = plan;
  const reread = new Map<string, string[]>();
  for (const name of sources.keys()) {
    const stream = streamOf(session.state(), name, container);
    if (stream === undefined || (listener ?? name) !== name) continue;
    session.change((state) => dropKnown(state, name, stream, container));
    reread.set(name, [stream]);
  }
  if (reread.size > 0) return reread;
  throw runFailure(
    "unknown_container",
    `No listener here has a container ${container}; the table container_reads has those that were read.`,
  );
}

/** True for the day's first run that reads everything; the state notes it. */
function isFirstToday(session: Session, now: number): boolean {
  const isFirst = !isDailyRunStarted(session.state(), utcDay(now));
  session.change((state) => markDailyRunStarted(state, utcDay(now)));
  return isFirst;
}

/** Notes who was read, and forgets the shares once nobody waits. */
function noteReads(session: Session, runs: RunLine[]): void {
  const isRead = ({ status, containers_read, containers_unchanged }: RunLine) =>
    status !== "failed" && containers_read + containers_unchanged > 0;
  for (const { listener, ended_at } of runs.filter(isRead))
    session.change((state) => changeListener(state, listener, { read_at: ended_at }));
  if (runs.every(({ status }) => status === "complete"))
    session.change((state) => ({ ...state, shares: undefined }));
}

/** Releases the state and returns the result of the run; throws if the event is to be delivered again. */
async function endRun(session: Session, summary: Omit<RunSummary, "status">): Promise<RunSummary> {
  const failed = summary.runs.filter((run) => run.status === "failed");
  const retried = failed.filter((run) => !needsOperator(run.stop_reason!));
  await session.release(retried.length === 0);
  if (retried.length > 0)
    throw failure(
      retried[0]!.stop_reason!,
      failed.map((run) => `${run.listener}: ${run.stop_message}`).join(" "),
    );
  const isPartial = summary.runs.some((run) => run.status === "partial");
  return { ...summary, status: failed.length > 0 ? "failed" : isPartial ? "partial" : "complete" };
}

function needsOperator(code: string): boolean {
  return consequenceOf({ code }) === "operator";
}

/** What the listeners of a run share. */
interface RunShared {
  deps: ExtractDeps;
  settings: ExtractSettings;
  secrets: Secrets;
  session: Session;
  run_id: string;
  timeLeft(): number;
  budget: CallBudget;
}

/** Reads all listeners' sources in turns, and writes a record for each of them. */
async function readAll(
  shared: RunShared,
  sources: Map<string, string[]>,
  event_id: string,
): Promise<RunLine[]> {
  const readings = [...sources].map(([listener, own]) => {
    const run = listenerRun(shared, listener);
    const isSignedIn = shared.secrets.signIns[listener] !== undefined;
    return { run, steps: readSources(run, own, isSignedIn) };
  });
  await readRoundRobin(readings, stopReading);
  const records: RunLine[] = [];
  for (const { run } of readings) {
    await flushAndCheckpoint(run);
    records.push(await writeRunRecord(run, event_id, shared.settings.stack));
  }
  return records;
}

function listenerRun(shared: RunShared, listener: string): ListenerRun {
  const { deps, settings, secrets, session, run_id, timeLeft, budget } = shared;
  const { store, now, partSize } = deps;
  const startedAt = now();
  const signIn = { app: secrets.app, refreshToken: secrets.signIns[listener]?.refreshToken };
  const client = spotifyClient({ ...deps, ...settings, ...signIn, timeLeft, spend: session.spend });
  const rawWriter = openRawWriter({ store, listener, run: run_id, beforePut: session.save, partSize });
  const artists = settings.sources.includes("artist_details") ? artistIndex(store, listener) : undefined;
  return {
    listener,
    runId: run_id,
    budget,
    reconcileDays: settings.reconcileDays,
    tokenDaysLeft: tokenDaysLeft(secrets.signIns[listener], now()),
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

/** Notes why the reading ended early, as a pause or as a failure; throws if nothing more may be written. */
function stopReading(run: ListenerRun, error: unknown): void {
  const consequence = consequenceOf(error);
  if (consequence === "abort") throw error;
  run.budget.reserve(run.listener, 0);
  const { message, stack } = error as Error;
  const isKnown = codeOf(error) !== undefined;
  const stop = isKnown ? (error as CodedError) : runFailure("unexpected", message, error);
  if (consequence === "pause") postpone(run, stop);
  else run.failure = stop;
  if (stop.code === "rate_limited" || stop.code === "quota_exceeded") recordRetryAfter(run, stop);
  run.log({
    level: run.failure === stop ? "ERROR" : "WARN",
    message: "reading stopped",
    code: stop.code,
    reason: message,
    stack: isKnown ? undefined : stack,
  });
}
