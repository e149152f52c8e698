/**
 * From the raw objects of one stream-day to the rows of its tables: a pure function of what lies there, whatever the
 * order in which it came.
 *
 * What stands on pages, the catalogue included, counts only once its read is closed and all its pages are there; an
 * `object` line counts at once. Two passes keep memory flat: the first finds the closed reads, the second makes rows and
 * audits them. If the audit rejects a full read, the second is made once more without it.
 */
import { tables, tablesOf, type Cell, type Row, type TableSpec } from "../../schemas";
import type { QualityRules } from "../../schemas/quality";
import { instant } from "../raw/json";
import { add, addLine, entryStreams, newDraft, type Draft } from "./rowBuilder";
import { admit, type QuarantinedRow } from "./quality/audit";
import { keyClashes, readFindings, rejecting, type ReadFinding } from "./quality/readChecks";
import { dayScope, readAudits, rowAudits, type Scope } from "./quality/results";
import type { StreamDay } from "../raw/format";
import { findReads, isClosed, type ClosedRead, type RawReader, type Read } from "./closedReads";
import { catalogueRows, catalogueRowsWithLosses } from "./rows/catalogue";
import { originOf } from "./rows/origin";
import { containerReadRow, skippedEntryRow } from "./rows/runs";

/** What is made of a stream-day. */
export interface Built {
  /** By table name: unique by the table's key and sorted by it. */
  rows: Record<string, Row[]>;
  /** By table name: what was kept out of it, in the order in which it came. */
  quarantine: Record<string, QuarantinedRow[]>;
  /** Numbers of the full reads that were rejected. */
  blocked: number[];
}

/**
 * The rows of every table that the stream-day feeds, and what was kept out of them. `keys` are all its raw objects,
 * sorted: where two rows have one key, that of the older read stays, else the first. `rules` are what a stack changes of
 * the quality rules. Throws `bad_raw_object` if an object cannot be used, since rows made without it would look whole.
 */
export async function buildRows(
  streamDay: StreamDay,
  keys: string[],
  raw: RawReader,
  rules: QualityRules = {},
): Promise<Built> {
  const reads = await findReads(streamDay, keys, raw);
  const draft = await fill(newDraft(streamDay, reads, new Map(), rules), keys, raw);
  const verdicts = judge(draft);
  const blocked = new Map<number, ReadFinding>();
  for (const [read, findings] of verdicts) {
    const finding = rejecting(findings);
    if (finding) blocked.set(read, finding);
  }
  if (blocked.size === 0) return finish(draft, verdicts);
  return finish(await fill(newDraft(streamDay, reads, blocked, rules), keys, raw), verdicts);
}

async function fill(draft: Draft, keys: string[], raw: RawReader): Promise<Draft> {
  for (const raw_key of keys) {
    let raw_line = 0;
    for await (const line of raw.lines(raw_key)) addLine(draft, line, { raw_key, raw_line: ++raw_line });
  }
  return draft;
}

/** What the rules of reads say of each full read that is closed. */
function judge(draft: Draft): Map<number, ReadFinding[]> {
  const stream = entryStreams[draft.kind];
  const full = closedReads(draft).filter(({ header }) => header.read_kind === "full");
  if (!stream || full.length === 0) return new Map();
  const table = tables.find(({ name }) => name === stream.table)!;
  const rows = (draft.rows[table.name] ?? []).sort(byKey(table));
  const clashes = keyClashes(table, rows);
  const counts = rowCounts(uniqueRows(table, rows));
  return new Map(
    full.map(({ header: { read_seq }, close }) => {
      const found = {
        clashes: clashes.get(read_seq) ?? 0,
        rows: counts.get(read_seq) ?? 0,
        quarantined: draft.audit.tallies.get(`${table.name} ${read_seq}`)?.rejected ?? 0,
        positions: close.positions,
      };
      return [read_seq, readFindings(table.name, found, draft.audit.rules)];
    }),
  );
}

function closedReads({ reads }: Draft): ClosedRead[] {
  return [...reads.values()].filter((read: Read) => isClosed(read));
}

/** The rows of all tables, in the tables' order, once every line is in. */
function finish(draft: Draft, verdicts: Map<number, ReadFinding[]>): Built {
  const accepted = closedReads(draft).filter(({ header }) => !draft.blocked.has(header.read_seq));
  for (const read of accepted) addNotReturned(draft, read);
  judgeCatalogue(draft);
  const found: Record<string, Row[]> = { ...catalogueRows(draft.catalogue), ...draft.rows };
  found.quality_results = qualityRows(draft, verdicts);
  const rows: Record<string, Row[]> = {};
  for (const table of tablesOf(draft.kind)) {
    // The last table counts the rows of another, as that one really holds them.
    if (table.name === "container_reads") {
      found.container_reads = readRows(accepted, rows[entryStreams[draft.kind]!.table]!);
    }
    rows[table.name] = uniqueRows(table, found[table.name] ?? []);
  }
  return { rows, quarantine: draft.audit.quarantine, blocked: [...draft.blocked.keys()] };
}

/** Only the sightings that stay are judged. */
function judgeCatalogue({ kind, catalogue, audit }: Draft): void {
  const fed = tablesOf(kind);
  for (const { table, row, losses, origin } of catalogueRowsWithLosses(catalogue)) {
    const spec = fed.find(({ name }) => name === table);
    if (spec) admit(audit, spec, row, losses, origin);
  }
}

function qualityRows(draft: Draft, verdicts: Map<number, ReadFinding[]>): Row[] {
  const { audit, kind, streamDay } = draft;
  const ofRows = [...audit.tallies.values()].flatMap((tally) => {
    const scope =
      tally.read === undefined ? dayScope(streamDay.listener, tally) : readScope(draft, tally.read);
    return rowAudits(scope, tally, audit.rules);
  });
  const ofReads = [...verdicts].flatMap(([read, findings]) =>
    readAudits(readScope(draft, read), entryStreams[kind]!.table, findings),
  );
  return [...ofRows, ...ofReads];
}

/** The scope of what is audited by full read. */
function readScope({ reads }: Draft, read: number): Scope {
  const { header, close } = reads.get(read) as ClosedRead;
  const { stream, container } = header;
  return { ...originOf(header, instant(close.completed_at)!), stream, container_id: container };
}

/** Positions that no page gave an entry for, though they count: one skip for each run of them. */
function addNotReturned(draft: Draft, { header, close, pages }: ClosedRead): void {
  const origin = originOf(header, instant(close.completed_at)!);
  let next = 0;
  const addSkip = (end: number) => {
    if (end > next) add(draft, "skips", skippedEntryRow(header, origin, next, "not_returned", end - next));
  };
  for (const [offset, entries] of [...pages].sort(([left], [right]) => left - right)) {
    addSkip(Math.min(offset, close.positions));
    next = Math.max(next, offset + entries);
  }
  addSkip(close.positions);
}

/** The rows of container_reads; `rows` are those of the table that the reads feed. */
function readRows(closed: ClosedRead[], rows: Row[]): Row[] {
  const counts = rowCounts(rows);
  return closed.map(({ header, close }) => containerReadRow(header, close, counts.get(header.read_seq) ?? 0));
}

/** Rows by read_seq. */
function rowCounts(rows: Row[]): Map<Cell, number> {
  const counts = new Map<Cell, number>();
  for (const { read_seq } of rows) counts.set(read_seq!, (counts.get(read_seq!) ?? 0) + 1);
  return counts;
}

/** Rows sorted by the table's key, one per key: that of the oldest read, and within it the first that came. */
function uniqueRows(table: TableSpec, rows: Row[]): Row[] {
  const sorted = rows.sort(byKey(table));
  return sorted.filter((row, index) => index === 0 || compare(table.key, sorted[index - 1]!, row) !== 0);
}

function byKey(table: TableSpec): (left: Row, right: Row) => number {
  return (left, right) => compare(table.key, left, right) || compare(["read_seq"], left, right);
}

/** Below 0 if `left` comes before `right` by these columns, 0 if they do not differ. */
function compare(columns: string[], left: Row, right: Row): number {
  for (const column of columns) {
    if (left[column] !== right[column]) return left[column]! < right[column]! ? -1 : 1;
  }
  return 0;
}
