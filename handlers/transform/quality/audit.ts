/**
 * The audit of a stream-day: checks every row, puts those that fail a blocking rule into quarantine, and counts failures
 * by rule, for the full read that a row belongs to or else for the day.
 */
import type { Cell, Row, TableSpec } from "../../../schemas";
import { ruleFor, type QualityRules, type Rule } from "../../../schemas/quality";
import type { MadeRow } from "../rows/cells";
import type { EntityRows } from "../rows/entityStore";
import type { RawLocation } from "../rows/provenance";
import { Identities } from "./identities";
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
  seen: Identities;
}

/** What is known of a table before its rows come; columns are named by their indexes. */
interface Form {
  checks: RowCheck[];
  readSeq: number;
  fetchedAt: number;
  source: number;
  runId: number;
  /** The tally of the row before. */
  last?: Tally;
}

export class Audit {
  /** By table and read. */
  readonly tallies = new Map<string, Tally>();
  /** By table name, in the order in which the rows came. */
  readonly quarantine: Record<string, QuarantinedRow[]> = {};
  private readonly forms = new Map<TableSpec, Form>();

  constructor(readonly rules: QualityRules) {}

  /**
   * Returns whether a row may be in its table. If not, it is put into quarantine, once. `read` is the full read that it
   * belongs to.
   */
  check(made: MadeRow, location: RawLocation, read?: number): boolean {
    const form = this.formOf(made.table);
    const issues = issuesIn(made, form.checks);
    const blocking =
      issues.length === 0
        ? undefined
        : issues.find(({ rule, column }) => this.severityOf(made, rule, column) === "block");
    const tally = this.tallyOf(made.table, form, read);
    noteOrigin(tally, form, made.values);
    if (!tally.seen.add(made.values, issues)) return !blocking;
    tally.total += 1;
    for (const issue of issues) count(tally, issue);
    if (!blocking) return true;
    tally.rejected += 1;
    this.putIntoQuarantine(made, blocking.rule, reasonOf(blocking), location);
    return false;
  }

  /** Returns the issues of a row. */
  issuesOf(made: MadeRow): RowIssue[] {
    return issuesIn(made, this.formOf(made.table).checks);
  }

  /** Counts the rows of entities, each of which is there once: they are never rejected. */
  countEntities({ store, numbers, issues }: EntityRows): void {
    if (numbers.length === 0) return;
    const form = this.formOf(store.table);
    const tally = this.tallyOf(store.table, form);
    tally.total += numbers.length;
    for (const row of numbers) {
      const readSeq = store.cell(row, form.readSeq);
      const fetchedAt = store.cell(row, form.fetchedAt);
      if (isNewer(tally, Number(readSeq ?? 0), Number(fetchedAt))) noteOrigin(tally, form, store.cells(row));
      for (const issue of issues.get(row) ?? []) count(tally, issue);
    }
  }

  /** Puts a row into quarantine. */
  putIntoQuarantine(made: MadeRow, rule: string, reason: string, { raw_key, raw_line }: RawLocation): void {
    const quarantined = { rule, severity: "block", reason, row: made.cells, raw_key, raw_line } as const;
    (this.quarantine[made.table.name] ??= []).push(quarantined);
  }

  /** How many rows of a table are in quarantine, of those of a full read. */
  rejectedRows(table: string, read: number): number {
    return this.tallies.get(tallyKey(table, read))?.rejected ?? 0;
  }

  private severityOf({ table }: MadeRow, rule: RowIssue["rule"], column: string | null): Rule["severity"] {
    return ruleFor(this.rules, rule, table.name, column).severity;
  }

  private formOf(table: TableSpec): Form {
    let form = this.forms.get(table);
    if (!form) this.forms.set(table, (form = newForm(table, this.rules)));
    return form;
  }

  /** Returns the tally that a row counts in. */
  private tallyOf(table: TableSpec, form: Form, read?: number): Tally {
    let tally = form.last;
    if (tally?.read !== read || !tally) {
      const key = tallyKey(table.name, read);
      tally = this.tallies.get(key) ?? newTally(table, read);
      this.tallies.set(key, tally);
      form.last = tally;
    }
    return tally;
  }
}

/** Gives a tally the provenance of a row if that is its newest one. */
function noteOrigin(tally: Tally, form: Form, values: readonly Cell[]): void {
  const readSeq = Number(values[form.readSeq] ?? 0);
  const fetchedAt = Number(values[form.fetchedAt]);
  if (isNewer(tally, readSeq, fetchedAt))
    tally.newest = { read_seq: readSeq, fetched_at: fetchedAt, ...originOf(values, form) };
}

/** Returns whether a row is newer than those before it: they come in the order of their raw objects' keys. */
function isNewer({ newest }: Tally, readSeq: number, fetchedAt: number): boolean {
  return fetchedAt > newest.fetched_at || (fetchedAt === newest.fetched_at && readSeq > newest.read_seq);
}

function newForm(table: TableSpec, rules: QualityRules): Form {
  const indexOf = (wanted: string) => table.columns.findIndex(({ name }) => name === wanted);
  return {
    checks: rowChecks(table, rules),
    ...{ readSeq: indexOf("read_seq"), fetchedAt: indexOf("fetched_at") },
    ...{ source: indexOf("source"), runId: indexOf("run_id") },
  };
}

function newTally(table: TableSpec, read?: number): Tally {
  const newest = { read_seq: -1, source: "", run_id: "", fetched_at: -Infinity };
  return { table, read, newest, total: 0, rejected: 0, failures: new Map(), seen: new Identities(table) };
}

/** Shared by all rows without an issue. */
const noIssues: RowIssue[] = [];

function issuesIn(made: MadeRow, checks: RowCheck[]): RowIssue[] {
  let found = made.issues.length === 0 ? noIssues : made.issues.map(issueOf);
  if (!made.isComplete) return found;
  for (const check of checks) {
    const issue = check(made.values);
    if (issue) found = [...found, issue];
  }
  return found;
}

function tallyKey(table: string, read?: number): string {
  return `${table} ${read ?? ""}`;
}

function originOf(values: readonly Cell[], form: Form): { source: string; run_id: string } {
  return { source: String(values[form.source]), run_id: String(values[form.runId]) };
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
