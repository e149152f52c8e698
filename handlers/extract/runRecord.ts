import { notBefore } from "./limits";
import { metricDimensions, metricsEntry } from "../shared/metrics";
import { utcDay, type RunLine } from "../raw/format";
import { iso, type ListenerRun } from "./streams/listenerRun";
import { warnedDays } from "./tokenLife";

/** Writes the record of a listener's run, and returns it. */
export async function writeRunRecord(run: ListenerRun, event_id: string, stack: string): Promise<RunLine> {
  const { listener, startedAt, client, counts } = run;
  const reason = run.failure ?? run.postponed;
  const record: RunLine = {
    kind: "run",
    listener,
    run_id: run.runId,
    event_id,
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
  report(run, record, stack);
  return record;
}

/** Logs the metrics that alarms use, and warns of a sign-in that ends soon or of a token that is not stored. */
function report(run: ListenerRun, record: RunLine, stack: string): void {
  const { token_days_left: daysLeft, stop_reason } = record;
  const isNew = run.client.isRenewed;
  if (daysLeft !== null && daysLeft < warnedDays)
    run.log({ level: "WARN", message: `The sign-in ends in ${daysLeft} days: run npx spotify-lake login.` });
  if (isNew) run.log({ level: "WARN", message: "Spotify sent a new refresh token, which was not stored." });
  const values = {
    Calls: record.calls,
    QuotaStops: Number(stop_reason === "quota_exceeded"),
    SignInRefused: Number(stop_reason === "invalid_grant"),
    NewRefreshToken: Number(isNew),
    ...(daysLeft !== null && { TokenDaysLeft: daysLeft }),
  };
  run.emit(metricsEntry(run.now(), metricDimensions(stack, run.listener), values));
}
