import { artistIndex } from "./artistIndex";
import { codeOf, failure, type CodedError } from "../shared/errors";
import { openLanding } from "../raw/writer";
import { callsKeptForPlays, heedLimit } from "./limits";
import { utcDay, type RunLine } from "../raw/format";
import { listenerStreams } from "../../schemas/streams";
import { landRecord } from "./runRecord";
import type { Secrets } from "./secrets";
import { openSession, type Session } from "../state/session";
import { spotifyClient } from "./spotify/client";
import { begin, changeListener, dropCheckpoints, dropKnown, isBegun, streamOf } from "../state/extractState";
import type { Store } from "../shared/store";
import { readSources } from "./streams/readSources";
import { iso, leaveOver, settle, type DayBudget, type ListenerRun } from "./streams/listenerRun";
import { tokenDaysLeft } from "./tokenLife";
import { takeTurns } from "./roundRobin";

/** What extract asks of the world. */
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
  /** See {@link openLanding}. */
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

/** Kept for landing and for the state before the function is stopped. */
const endReserveMs = 10_000;

/** These stop all reading, but are no failure: the next run goes on. */
const pauses = ["budget_spent", "out_of_time", "rate_limited", "quota_exceeded", "not_before"];

/** After these nothing more may be written; the next delivery of the event takes over. */
const ends = ["fenced", "storage", "state_unknown"];

/** These need a person: the same event delivered again would only fail again. */
const forPeople = ["invalid_grant", "invalid_client", "premium_lapsed", "not_allow_listed"];

/**
 * Reads what is new at Spotify for all listeners and lands it as raw objects. A run that must stop early keeps what it
 * has, and the next one goes on. An event of the plays rule reads the last plays of those who have signed in, if
 * nobody else is at work: they are soon gone, but a run that is at work began with them.
 * @returns the records of the run; one that failed for a reason which only a person can mend is among them
 * @throws the first other failure, after all listeners have been served as far as possible and the state is released;
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
  const isPlaysRun = settings.playsRule !== undefined && event.resources?.[0] === settings.playsRule;
  const event_id = event.id ?? context.awsRequestId;
  const nonce = deps.random();
  const run_id = `${iso(now()).replace(/\.\d+|[-:]/g, "")}-${nonce.slice(0, 8)}`;
  const remainingMs = () => context.getRemainingTimeInMillis();
  const sources = new Map(
    settings.listeners.map((name) => [name, sourcesOf(settings, secrets, name, isPlaysRun)]),
  );
  const wanted = settings.listeners.filter((listener) => !isPlaysRun || sources.get(listener)!.length > 0);
  if (wanted.length === 0) return { run_id, event_id, status: "complete", runs: [] };
  const callBudget = isPlaysRun ? settings.callBudget : callsToSpend(settings, secrets, now());
  const lease = { event: event_id, run: run_id, nonce, remainingMs };
  const session = await openSession({ ...deps, callBudget, ...lease, yields: isPlaysRun });
  if (typeof session === "string") {
    log({ message: "nothing done", reason: session, run_id, event_id });
    return { run_id, event_id, status: session, runs: [] };
  }
  log({ message: "run started", run_id, event_id });
  const kept = {};
  const timeLeft = () => remainingMs() - endReserveMs;
  const again = await dropped(event, wanted, session);
  const dayBudget = { isFresh: !isPlaysRun && !again && isFirstToday(session, now()) };
  const inBudget = { settings: { ...settings, callBudget }, kept, dayBudget };
  const shared = { deps, secrets, session, run_id, timeLeft, ...inBudget };
  const runs = await readAll(shared, again ?? sources, again ? [...again.keys()] : wanted, event_id);
  if (!isPlaysRun && !again)
    for (const { listener, ended_at } of runs.filter(hasRead))
      session.change((state) => changeListener(state, listener, { read_at: ended_at }));
  const isAllServed = runs.every(({ status }) => status === "complete");
  if (isAllServed && !isPlaysRun && !again) session.change((state) => ({ ...state, shares: undefined }));
  return endRun(session, { run_id, event_id, runs });
}

/** Whether a run got to see what there is, however much of it had to be left for the next one. */
function hasRead({ status, containers_read, containers_unchanged }: RunLine): boolean {
  return status !== "failed" && containers_read + containers_unchanged > 0;
}

/** True for the day's first run of more than plays, of which the state takes note. */
function isFirstToday(session: Session, now: number): boolean {
  const isFirst = !isBegun(session.state(), utcDay(now));
  session.change((state) => begin(state, utcDay(now)));
  return isFirst;
}

/** Gives the state back and says what came of the run; throws if the event is to be delivered again. */
async function endRun(session: Session, summary: Omit<RunSummary, "status">): Promise<RunSummary> {
  const failed = summary.runs.filter((run) => run.status === "failed");
  const again = failed.filter((run) => !forPeople.includes(run.stop_reason!));
  await session.release(again.length === 0);
  if (again.length > 0)
    throw failure(
      again[0]!.stop_reason!,
      failed.map((run) => `${run.listener}: ${run.stop_message}`).join(" "),
    );
  const isPartial = summary.runs.some((run) => run.status === "partial");
  return { ...summary, status: failed.length > 0 ? "failed" : isPartial ? "partial" : "complete" };
}

/**
 * Drops the checkpoints that the event asks to do without. For a single container, what is to be read again then: its
 * stream, by listener.
 */
async function dropped(
  event: ExtractEvent,
  listeners: string[],
  session: Session,
): Promise<Map<string, string[]> | undefined> {
  if (event.full) for (const name of listeners) session.change((state) => dropCheckpoints(state, name));
  const { container, listener } = event;
  if (container === undefined) return undefined;
  const again = new Map<string, string[]>();
  for (const name of listeners) {
    const stream = streamOf(session.state(), name, container);
    if (stream === undefined || (listener ?? name) !== name) continue;
    session.change((state) => dropKnown(state, name, stream, container));
    again.set(name, [stream]);
  }
  if (again.size > 0) return again;
  await session.release(false);
  throw failure(
    "unknown_container",
    `No listener here has a container ${container}; the table container_reads has those that were read.`,
  );
}

/** What the parts of a run share. */
interface RunShared {
  deps: ExtractDeps;
  settings: ExtractSettings;
  secrets: Secrets;
  session: Session;
  run_id: string;
  timeLeft(): number;
  kept: Record<string, number>;
  dayBudget: DayBudget;
}

/** Reads all listeners' sources by turns, and lands a record for each of them. */
async function readAll(
  shared: RunShared,
  sources: Map<string, string[]>,
  listeners: string[],
  event_id: string,
): Promise<RunLine[]> {
  const readings = listeners.map((listener) => {
    const run = listenerRun(shared, listener);
    const isSignedIn = shared.secrets.signIns[listener] !== undefined;
    return { run, steps: readSources(run, sources.get(listener)!, isSignedIn) };
  });
  await takeTurns(readings, stopReading);
  const records: RunLine[] = [];
  for (const { run } of readings) {
    await settle(run);
    records.push(await landRecord(run, event_id, shared.settings.stack));
  }
  return records;
}

function listenerRun(shared: RunShared, listener: string): ListenerRun {
  const { deps, settings, secrets, session, run_id, timeLeft, kept, dayBudget } = shared;
  const startedAt = deps.now();
  const refreshToken = secrets.signIns[listener]?.refreshToken;
  const sign = { app: secrets.app, refreshToken };
  const client = spotifyClient({ ...deps, ...settings, ...sign, timeLeft, spend: session.spend });
  const landing = openLanding({
    store: deps.store,
    listener,
    run: run_id,
    beforePut: session.save,
    partSize: deps.partSize,
  });
  const artists = settings.sources.includes("artist_details") ? artistIndex(deps.store, listener) : undefined;
  return {
    listener,
    runId: run_id,
    callBudget: settings.callBudget,
    reconcileDays: settings.reconcileDays,
    tokenDaysLeft: tokenDaysLeft(secrets.signIns[listener], deps.now()),
    client,
    session,
    landing: artists?.watch(landing) ?? landing,
    artists,
    startedAt,
    now: deps.now,
    timeLeft,
    log: (entry) => {
      const ms = deps.now() - startedAt;
      deps.log({ run_id, listener, ...entry, calls: client.spent.calls, ms });
    },
    print: deps.log,
    tally: { read: 0, unchanged: 0, skipped: 0 },
    faultsInARow: 0,
    kept,
    dayBudget,
    afterLanding: [],
  };
}

/**
 * What is read for a listener. A playlist, album, artist or search that the settings name is nobody's in particular: it is read once, for the
 * first listener.
 */
function sourcesOf(
  { sources, listeners }: ExtractSettings,
  { signIns }: Secrets,
  listener: string,
  isPlaysRun: boolean,
): string[] {
  const all = sources.flatMap((source) => (source === "me" ? listenerStreams : [source]));
  if (isPlaysRun)
    return signIns[listener] === undefined ? [] : all.filter((source) => source === "recently_played");
  return listener === listeners[0] ? all : all.filter((source) => !source.includes(":"));
}

/** Calls that a run may make of a day's budget: not those that the day's later plays runs need. */
function callsToSpend(settings: ExtractSettings, secrets: Secrets, now: number): number {
  const { callBudget, playsRule, listeners } = settings;
  const awaiting = listeners.filter((listener) => sourcesOf(settings, secrets, listener, true).length > 0);
  return playsRule === undefined
    ? callBudget
    : callBudget - callsKeptForPlays(callBudget, awaiting.length, now);
}

/** Notes why the reading ended before its time, as a pause or as a failure; throws if nothing more may be written. */
function stopReading(run: ListenerRun, error: unknown): void {
  const code = codeOf(error) ?? "unexpected";
  if (ends.includes(code)) throw error;
  run.kept[run.listener] = 0;
  const { message, stack } = error as CodedError;
  const stop = code === "unexpected" ? failure(code, message, error) : (error as CodedError);
  if (pauses.includes(code)) leaveOver(run, stop);
  else run.fault = stop;
  if (code === "rate_limited" || code === "quota_exceeded") heedLimit(run, stop);
  run.log({
    level: run.fault === stop ? "ERROR" : "WARN",
    message: "reading stopped",
    code,
    reason: message,
    stack: code === "unexpected" ? stack : undefined,
  });
}
