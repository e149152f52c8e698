import type { ColumnKind } from "../../cloud/lake/cells";
import type { Io } from "../lib/io";
import type { Look } from "../lib/paint";
import { utcSecond } from "../lib/utcSecond";
import { textTable, type TableOptions } from "../lib/text-table";
import type { Status } from "./status";

/** Returns a status for people, for a terminal as wide as `width`. */
export function statusText(found: Status, { width, paint }: Pick<Io, "width" | "paint">): string {
  return [
    found.last_runs.length === 0 ? "No run yet." : runsText(found, { width, paint }),
    facts(found)
      .map(([what, how]) => `${what.padEnd(16)} ${how}`)
      .join("\n"),
    ...adviceText(found, paint),
  ].join("\n\n");
}

function adviceText({ advice }: Status, paint: Io["paint"]): string[] {
  const texts = (kind: Status["advice"][number]["kind"]) =>
    advice.filter((one) => one.kind === kind).map(({ text }) => text);
  const [toDo, toKnow] = [texts("act"), texts("know")];
  return [
    toDo.length === 0
      ? paint("good", "There is nothing to do.")
      : `${paint("heading", "To do")}\n${toDo.map((sentence, at) => `${at + 1}. ${sentence}`).join("\n")}`,
    ...(toKnow.length === 0
      ? []
      : [`${paint("heading", "To know")}\n${toKnow.map((sentence) => `- ${sentence}`).join("\n")}`]),
  ];
}

/** How a run ended, at first sight. */
const looks: Record<string, Look> = { complete: "good", partial: "warning", failed: "bad" };

function runsText({ last_runs, sign_ins }: Status, options: TableOptions): string {
  const rows = last_runs.map(({ listener, started_at, status, stop_reason, calls }) => ({
    listener,
    "last run": started_at,
    status,
    reason: stop_reason ?? "",
    calls,
    "sign-in days": sign_ins.find((one) => one.listener === listener)?.days_left ?? null,
  }));
  const kinds: ColumnKind[] = ["other", "time", "other", "other", "number", "number"];
  const look = (column: string, cell: string) => (column === "status" ? looks[cell] : undefined);
  return textTable({ columns: Object.keys(rows[0]!), rows, kinds }, { ...options, look });
}

function facts(found: Status): [string, string][] {
  const { calls, running, next_runs, gaps, failures, partitions, sealed_months: sealed } = found;
  const waiting = Object.values(failures).reduce((sum, count) => sum + count, 0);
  return [
    ["now", utcSecond(found.at)],
    ...(running
      ? [["running", `${running.run}, until ${utcSecond(running.until)} at the latest`] as [string, string]]
      : []),
    ...next_runs.map(({ reads, at }): [string, string] => [`next: ${reads}`, utcSecond(at)]),
    ["calls today", `${calls.reserved} of ${calls.budget}, ${calls.left} left`],
    ["gaps", String(gaps)],
    ["failed events", String(waiting)],
    ["partitions", String(partitions)],
    ["sealed months", sealed.length === 0 ? "none" : `${sealed.length}, the last ${sealed.at(-1)}`],
  ];
}
