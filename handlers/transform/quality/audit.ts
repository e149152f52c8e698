/**
 * The audit of a stream-day: every row that is made is admitted or put into quarantine, and counted by the rules that it
 * fails, for the full read that it belongs to or else for the day.
 */
import type { Row, TableSpec } from "../../../schemas";
import { ownTables, ruleFor, type QualityRules } from "../../../schemas/quality";
import type { Loss } from "../rows/cells";
import type { Place } from "../rows/origin";
import { faultOf, rowChecks, type Fault, type RowCheck } from "./rowChecks";

/** A row in quarantine, as its line in the file. */
export interface QuarantinedRow extends Place {
  rule: string;
  severity: "block";
  reason: string;
  row: Row;
}

/** How often a rule failed in one column, and the value that comes first as JSON text. */
export interface Failures {
  rule: Fault["rule"];
  column: string | null;
  expected: string;
  sample: string;
  rows: number;
}

/** What the audit found in the rows of one table, in one full read or in the rest of the day. */
export interface Tally {
  table: TableSpec;
  /** The read's number; undefined for the day. */
  read?: number;
  /** Rows judged, and those of them that lie in quarantine. */
  total: number;
  rejected: number;
  /** By rule and column. */
  failures: Map<string, Failures>;
  /** Where the newest row came from. */
  newest: { read_seq: number; source: string; run_id: string; fetched_at: number };
  /** Keys and faults of what was judged: plays come again with every read, and a page may lie in raw twice. */
  seen: Set<string>;
}

export interface Audit {
  rules: QualityRules;
  checks: Map<string, RowCheck[]>;
  tallies: Map<string, Tally>;
  quarantine: Record<string, QuarantinedRow[]>;
}

/** An audit that has seen nothing. */
export function newAudit(rules: QualityRules): Audit {
  return { rules, checks: new Map(), tallies: new Map(), quarantine: {} };
}

/**
 * Judges a row with what was lost when it was made: true if it may stand in its table. One that could not be made is
 * only known from its losses. `read` is the full read that it belongs to.
 */
export function admit(
  audit: Audit,
  table: TableSpec,
  row: Row | undefined,
  losses: Loss[],
  place: Place,
  read?: number,
): boolean {
  if (ownTables.includes(table.name)) return row !== undefined;
  const cells = row ?? losses[0]?.cells;
  if (!cells) return false;
  const tally = tallyOf(audit, table, cells, read);
  const faults = losses.map(faultOf);
  for (const check of checksOf(audit, table)) {
    const fault = row && check(row);
    if (fault) faults.push(fault);
  }
  const blocking = faults.find(
    ({ rule, column }) => ruleFor(audit.rules, rule, table.name, column).severity === "block",
  );
  const mark = JSON.stringify([table.key.map((name) => cells[name]), faults]);
  if (tally.seen.has(mark)) return !blocking;
  tally.seen.add(mark);
  tally.total += 1;
  for (const fault of faults) count(tally, fault);
  if (!blocking) return true;
  tally.rejected += 1;
  quarantine(audit, table.name, cells, blocking.rule, reasonOf(blocking), place);
  return false;
}

/** Puts a row into quarantine. */
export function quarantine(
  audit: Audit,
  table: string,
  row: Row,
  rule: string,
  reason: string,
  { raw_key, raw_line }: Place,
): void {
  (audit.quarantine[table] ??= []).push({ rule, severity: "block", reason, row, raw_key, raw_line });
}

function checksOf(audit: Audit, table: TableSpec): RowCheck[] {
  const known = audit.checks.get(table.name) ?? rowChecks(table, audit.rules);
  audit.checks.set(table.name, known);
  return known;
}

function tallyOf(audit: Audit, table: TableSpec, cells: Row, read?: number): Tally {
  const key = `${table.name} ${read ?? ""}`;
  const newest = {
    read_seq: Number(cells.read_seq ?? 0),
    source: String(cells.source),
    run_id: String(cells.run_id),
    fetched_at: Number(cells.fetched_at),
  };
  const none = { total: 0, rejected: 0, failures: new Map<string, Failures>(), seen: new Set<string>() };
  const known = audit.tallies.get(key) ?? { table, read, newest, ...none };
  audit.tallies.set(key, known);
  if (isNewer(newest, known.newest)) known.newest = newest;
  return known;
}

/** Rows come in the order of their raw objects' keys, which says nothing of time. */
function isNewer(one: Tally["newest"], other: Tally["newest"]): boolean {
  return (
    one.fetched_at > other.fetched_at ||
    (one.fetched_at === other.fetched_at && one.read_seq > other.read_seq)
  );
}

function count(tally: Tally, { rule, column, expected, value }: Fault): void {
  const key = `${rule} ${column}`;
  const sample = sampleText(value);
  const known = tally.failures.get(key) ?? { rule, column, expected, sample, rows: 0 };
  known.rows += 1;
  if (sample < known.sample) known.sample = sample;
  tally.failures.set(key, known);
}

function reasonOf({ rule, column, value, expected }: Fault): string {
  return `${column ?? rule} is ${sampleText(value)}, not ${expected}.`;
}

/** A value as JSON, cut to 200 characters. */
export function sampleText(value: unknown): string {
  return JSON.stringify(value).slice(0, 200);
}
