import { failure } from "../shared/errors";
import { clientOptions } from "../shared/clients";
import { consequenceOf } from "../shared/runFailures";
import { utcDay, type RunLine } from "../raw/format";
import { changeListener, isDailyRunStarted, markDailyRunStarted, type Lease } from "../state/extractState";
import { openSession, Session } from "../state/session";
import type { Store } from "../shared/store";
import { CallBudget } from "./callBudget";
import { readListeners } from "./readListeners";
import { resetRequested } from "./requestedReread";
import { planOf, sourcesByListener, spendableCalls } from "./runPlan";
import type { Secrets } from "./secrets";
import { iso } from "./streams/listenerRun";

/** The services that extract works with. */
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

/** What a stack is to read. */
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
  /** Country (ISO 3166-1) in which an app without a listener sees albums. */
  market: string;
  apiUrl: string;
  accountsUrl: string;
  /** ARN of the rule whose events ask for nothing but the last plays. */
  playsRule?: string;
  /** When that rule fires, a `rate(…)` or `cron(…)`: hourly if not given. */
  playsSchedule?: string;
}

/** What starts a run: an EventBridge event, of which these parts count, or a person's request. */
export interface ExtractEvent {
  id?: string;
  /** The ARN of the rule that sent it. */
  resources?: string[];
  /** Read everything again, whatever is known; if a day's budget does not suffice, the next runs continue. */
  full?: boolean;
  /** Read this container again, and nothing but its stream. */
  container?: string;
  /** The only listener for whom it is read; without one, everybody who has it. */
  listener?: string;
}

/** The result of a run. */
export interface RunSummary {
  run_id: string;
  event_id: string;
  /** `duplicate` if the event was served before, `yielded` if another run holds the lease: then nothing was done. */
  status: RunLine["status"] | "duplicate" | "yielded";
  /** Of a run that yielded: the lease of the other run. */
  holder?: Lease;
  /** One record per listener, as written. */
  runs: RunLine[];
}

const { connectionTimeout, socketTimeout } = clientOptions.requestHandler;

/**
 * Time for writing raw objects and the state before the function is stopped. One request may stall until the SDK gives it
 * up (15 s) and connect again for its retry (5 s); the writes themselves take some seconds (10 s): 30 s.
 */
export const endReserveMs = socketTimeout + connectionTimeout + 10_000;

/**
 * Reads what is new at Spotify for all listeners and writes it as raw objects. A run that must stop early keeps what it
 * has, and the next one continues.
 * @returns the records of the run, also of a listener whose reading failed for a reason that only an operator can fix
 * @throws the first other failure, after all listeners have been read as far as possible and the state is released;
 * `lease_taken`, `fenced` or `storage` at once; `unknown_container`
 */
export async function extract(
  deps: ExtractDeps,
  settings: ExtractSettings,
  event: ExtractEvent,
  invocation: { awsRequestId: string; getRemainingTimeInMillis(): number },
): Promise<RunSummary> {
  const { now, log } = deps;
  const secrets = await deps.secrets();
  const plan = planOf(event, settings.playsRule);
  const nonce = deps.random();
  const ids = { run_id: runIdAt(now(), nonce), event_id: event.id ?? invocation.awsRequestId };
  const sources = sourcesByListener(plan, settings, secrets);
  if (sources.size === 0) return { ...ids, status: "complete", runs: [] };

  const calls = spendableCalls(plan, settings, secrets, now());
  const remainingMs = () => invocation.getRemainingTimeInMillis();
  const lease = { event: ids.event_id, run: ids.run_id, nonce, remainingMs, yields: plan.kind === "plays" };
  const session = await openSession({ ...deps, ...lease, spendableCalls: calls });
  if (!(session instanceof Session)) {
    const { status: reason, ...holder } = session;
    log({ message: "nothing done", reason, ...holder, ...ids });
    return { ...ids, ...session, runs: [] };
  }
  log({ message: "run started", ...ids });
  try {
    const wanted = resetRequested(plan, sources, session);
    const timeLeft = () => remainingMs() - endReserveMs;
    const budget = new CallBudget({
      dailyBudget: settings.callBudget,
      spendableCalls: calls,
      isUntouched: plan.kind === "everything" && startDailyRun(session, now()),
      callsLeft: () => session.callsLeft(),
      timeLeft,
    });
    const isPlaysRun = plan.kind === "plays";
    const context = { deps, settings, secrets, session, ...ids, isPlaysRun, budget, timeLeft };
    const runs = await readListeners(context, wanted);
    if (plan.kind === "everything") noteReads(session, runs);
    return await endRun(session, { ...ids, runs });
  } catch (error) {
    await session.abandon();
    throw error;
  }
}

function runIdAt(now: number, nonce: string): string {
  return `${iso(now).replace(/\.\d+|[-:]/g, "")}-${nonce.slice(0, 8)}`;
}

/** Notes in the state that a run reads everything, and returns whether it is the first one of the day. */
function startDailyRun(session: Session, now: number): boolean {
  const isFirst = !isDailyRunStarted(session.state(), utcDay(now));
  session.change((state) => markDailyRunStarted(state, utcDay(now)));
  return isFirst;
}

/** Notes which listeners were read, and forgets the shares once nobody waits. */
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
