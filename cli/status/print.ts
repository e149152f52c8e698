import type { ColumnKind } from "../../cloud/lake/cells";
import { textTable } from "../lib/text-table";
import type { Status } from "./status";

/** Returns a status for people. `width` is that of the terminal. */
export function statusText(found: Status, width: number | undefined): string {
  return [
    found.last_runs.length === 0 ? "No run yet." : runsText(found, width),
    facts(found)
      .map(([what, how]) => `${what.padEnd(15)} ${how}`)
      .join("\n"),
    found.advice.length === 0
      ? "There is nothing to do."
      : `To do\n${found.advice.map((sentence, at) => `${at + 1}. ${sentence}`).join("\n")}`,
  ].join("\n\n");
}

function runsText({ last_runs, sign_ins }: Status, width: number | undefined): string {
  const rows = last_runs.map(({ listener, started_at, status, stop_reason, calls }) => ({
    listener,
    "last run": started_at,
    status,
    reason: stop_reason ?? "",
    calls,
    "sign-in days": sign_ins.find((one) => one.listener === listener)?.days_left ?? null,
  }));
  const kinds: ColumnKind[] = ["other", "time", "other", "other", "number", "number"];
  return textTable({ columns: Object.keys(rows[0]!), rows, kinds }, { width });
}

function facts(found: Status): [string, string][] {
  const { calls, running, next_runs, gaps, failures, partitions, sealed_months: sealed } = found;
  const waiting = Object.values(failures).reduce((sum, count) => sum + count, 0);
  return [
    ["now", minute(found.at)],
    ...(running
      ? [["running", `${running.run}, until ${minute(running.until)} at the latest`] as [string, string]]
      : []),
    ...next_runs.map(({ reads, at }): [string, string] => [`next: ${reads}`, minute(at)]),
    ["calls today", `${calls.reserved} of ${calls.budget}, ${calls.left} left`],
    ["gaps", String(gaps)],
    ["failed events", String(waiting)],
    ["partitions", String(partitions)],
    ["sealed months", sealed.length === 0 ? "none" : `${sealed.length}, the last ${sealed.at(-1)}`],
  ];
}

/** To the minute, UTC. */
function minute(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}
