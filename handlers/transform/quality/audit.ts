/**
 * The audit of a stream-day: checks every row, puts those that fail a blocking rule into quarantine, and counts failures
 * by rule, for the full read that a row belongs to or else for the day.
 */
import type { Row, TableSpec } from "../../../schemas";
import { ruleFor, type QualityRules } from "../../../schemas/quality";
import type { MadeRow } from "../rows/cells";
import type { RawLocation } from "../rows/provenance";
import { issueOf, rowChecks, type RowCheck, type RowIssue } from "./rowChecks";

/** A row in quarantine, as its line in the file. */
export interface QuarantinedRow extends RawLocation {
  rule: string;
  severity: "block";
  reason: string;
  row: Row;
}

/** How often a rule failed in one column, and the first value in text order, as JSON. */
interface Failures {
  rule: RowIssue["rule"];
  column: string | null;
  expected: string;
  sample: string;
  rows: number;
}

/** What was found in the rows of one table, in one full read or in the rest of the day. */
export interface Tally {
  table: TableSpec;
  /** The read's number; undefined for the day. */
  read?: number;
  /** Rows checked, and those of them in quarantine. */
  total: number;
  rejected: number;
  /** By rule and column. */
  failures: Map<string, Failures>;
  /** Where the newest row came from. */
  newest: { read_seq: number; source: string; run_id: string; fetched_at: number };
  /** Keys and issues of the rows counted: plays come again with every read, and a page may be in raw twice. */
  seen: Set<string>;
}

export class Audit {
  /** By table and read. */
  readonly tallies = new Map<string, Tally>();
  /** By table name, in the order in which the rows came. */
  readonly quarantine: Record<string, QuarantinedRow[]> = {};
  private readonly checks = new Map<string, RowCheck[]>();

  constructor(readonly rules: QualityRules) {}

  /**
   * Returns whether a row may be in its table. If not, it is put into quarantine, once. `read` is the full read that it
   * belongs to.
   */
  check(table: TableSpec, made: MadeRow, location: RawLocation, read?: number): boolean {
    const { cells } = made;
    const issues = this.issuesIn(table, made);
    const blocking = issues.find(
      ({ rule, column }) => ruleFor(this.rules, rule, table.name, column).severity === "block",
    );
    const tally = this.tallyOf(table, cells, read);
    const identity = JSON.stringify([table.key.map((name) => cells[name]), issues]);
    if (tally.seen.has(identity)) return !blocking;
    tally.seen.add(identity);
    tally.total += 1;
    for (const issue of issues) count(tally, issue);
    if (!blocking) return true;
    tally.rejected += 1;
    this.putIntoQuarantine(table.name, cells, blocking.rule, reasonOf(blocking), location);
    return false;
  }

  /** Puts a row into quarantine. */
  putIntoQuarantine(
    table: string,
    row: Row,
    rule: string,
    reason: string,
    { raw_key, raw_line }: RawLocation,
  ): void {
    (this.quarantine[table] ??= []).push({ rule, severity: "block", reason, row, raw_key, raw_line });
  }

  /** How many rows of a table are in quarantine, of those of a full read. */
  rejectedRows(table: string, read: number): number {
    return this.tallies.get(tallyKey(table, read))?.rejected ?? 0;
  }

  private issuesIn(table: TableSpec, { row, issues }: MadeRow): RowIssue[] {
    const found = issues.map(issueOf);
    if (!row) return found;
    for (const check of this.checksOf(table)) {
      const issue = check(row);
      if (issue) found.push(issue);
    }
    return found;
  }

  private checksOf(table: TableSpec): RowCheck[] {
    const known = this.checks.get(table.name) ?? rowChecks(table, this.rules);
    this.checks.set(table.name, known);
    return known;
  }

  private tallyOf(table: TableSpec, cells: Row, read?: number): Tally {
    const key = tallyKey(table.name, read);
    const newest = {
      read_seq: Number(cells.read_seq ?? 0),
      source: String(cells.source),
      run_id: String(cells.run_id),
      fetched_at: Number(cells.fetched_at),
    };
    let tally = this.tallies.get(key);
    if (!tally) {
      tally = { table, read, newest, total: 0, rejected: 0, failures: new Map(), seen: new Set() };
      this.tallies.set(key, tally);
    }
    if (isNewer(newest, tally.newest)) tally.newest = newest;
    return tally;
  }
}

function tallyKey(table: string, read?: number): string {
  return `${table} ${read ?? ""}`;
}

/** Rows come in the order of their raw objects' keys, which is not that of time. */
function isNewer(one: Tally["newest"], other: Tally["newest"]): boolean {
  return (
    one.fetched_at > other.fetched_at ||
    (one.fetched_at === other.fetched_at && one.read_seq > other.read_seq)
  );
}

function count(tally: Tally, { rule, column, expected, value }: RowIssue): void {
  const key = `${rule} ${column}`;
  const sample = sampleText(value);
  const known = tally.failures.get(key) ?? { rule, column, expected, sample, rows: 0 };
  known.rows += 1;
  if (sample < known.sample) known.sample = sample;
  tally.failures.set(key, known);
}

function reasonOf({ rule, column, value, expected }: RowIssue): string {
  return `${column ?? rule} is ${sampleText(value)}, not ${expected}.`;
}

/** Returns a value as JSON, cut to 200 characters. */
function sampleText(value: unknown): string {
  return JSON.stringify(value).slice(0, 200);
}
