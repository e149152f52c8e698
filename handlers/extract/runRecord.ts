import { notBefore } from "./limits";
import { metricsEntry } from "../shared/metrics";
import { utcDay, type RunLine } from "../raw/format";
import { iso, type ListenerRun } from "./streams/listenerRun";
import { warnedDays } from "./tokenLife";

/** What a run is part of. */
interface Reported {
  stack: string;
  event_id: string;
  /** It reads nothing but plays, every hour. */
  isPlaysRun: boolean;
}

/** Writes the record of a listener's run, and returns it. */
export async function writeRunRecord(run: ListenerRun, reported: Reported): Promise<RunLine> {
  const { listener, startedAt, client, counts } = run;
  const reason = run.failure ?? run.postponed;
  const record: RunLine = {
    kind: "run",
    listener,
    run_id: run.runId,
    event_id: reported.event_id,
    started_at: iso(startedAt),
    ended_at: iso(run.now()),
    status: run.failure ? "failed" : run.postponed ? "partial" : "complete",
    stop_reason: reason?.code ?? null,
    stop_message: reason?.message ?? null,
    calls: client.spent.calls,
    retries: client.spent.repeats,
    containers_read: counts.read,
    containers_unchanged: counts.unchanged,
    containers_skipped: counts.skipped,
    raw_objects: run.rawWriter.written(),
    budget_used: run.session.callsUsed(),
    not_before: notBefore(run),
    token_days_left: run.tokenDaysLeft,
  };
  run.rawWriter.add("extract_runs", utcDay(startedAt), record);
  await run.rawWriter.flush();
  run.log({ message: "listener served", ...record });
  report(run, record, reported);
  return record;
}

/**
 * Logs the metrics that alarms use, and warns of a sign-in that ends soon or of a token that is not stored. Plays runs do
 * not repeat the first warning every hour: it would hide all others on the dashboard.
 */
function report(run: ListenerRun, record: RunLine, { stack, isPlaysRun }: Reported): void {
  const { token_days_left: daysLeft, stop_reason } = record;
  const isNew = run.client.isRenewed;
  if (daysLeft !== null && daysLeft < warnedDays && !isPlaysRun)
    run.log({ level: "WARN", message: `The sign-in ends in ${daysLeft} days: run npx spotify-lake login.` });
  if (isNew) run.log({ level: "WARN", message: "Spotify sent a new refresh token, which was not stored." });
  const isRefused = stop_reason === "invalid_grant" || stop_reason === "other_account";
  const values = {
    Calls: record.calls,
    QuotaStops: Number(stop_reason === "quota_exceeded"),
    NewRefreshToken: Number(isNew),
    // That a sign-in is good is worth a metric once a day, not every hour.
    ...((isRefused || !isPlaysRun) && { SignInRefused: Number(isRefused) }),
    ...(daysLeft !== null && !isPlaysRun && { TokenDaysLeft: daysLeft }),
  };
  run.emit(metricsEntry(run.now(), { stack, listener: run.listener }, values));
}
