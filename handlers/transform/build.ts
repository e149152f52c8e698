/**
 * Builds the rows of one stream-day from its raw objects: a pure function of what is there, in whatever order it came.
 *
 * Pages, and the entities on them, count only once their read is closed and all of its pages are there; an `object` line
 * counts at once. Two passes keep memory low: the first finds the closed reads, the second makes and checks rows. Most
 * often all reads are closed, and one pass that takes this for granted is enough. If a full read is rejected, the last
 * pass is repeated without it.
 */
import { tables, tablesOf, type Cell, type TableSpec } from "../../schemas";
import type { QualityRules } from "../../schemas/quality";
import { streamOf } from "../../schemas/streams";
import type { RawLine, StreamDay } from "../raw/format";
import { instant } from "../raw/json";
import type { RawReader } from "../raw/reader";
import { areWhole, findReads, isClosed, ReadFinder, type ClosedRead, type Read } from "./closedReads";
import type { QuarantinedRow } from "./quality/audit";
import { evaluateRead, keyClashes, rejectionIn, type ReadFinding } from "./quality/readChecks";
import { dayScope, readResults, rowResults, type Scope } from "./quality/results";
import { RowBuilder } from "./rowBuilder";
import type { MadeRow } from "./rows/cells";
import { provenanceOf, type RawLocation } from "./rows/provenance";
import { containerReadRow, skippedEntryRow } from "./rows/runs";
import type { TableRows } from "./rows/tableRows";

/** What is made of a stream-day. */
export interface Built {
  /** By table name: unique by the table's key and sorted by it. */
  rows: Record<string, TableRows>;
  /** By table name, in the order in which the rows came. */
  quarantine: Record<string, QuarantinedRow[]>;
  /** Numbers of the full reads that were rejected. */
  blocked: number[];
}

/** What the rules of reads found in each full read, by its number. */
type Findings = Map<number, ReadFinding[]>;

/**
 * Returns the rows of every table that the stream-day feeds, and those in quarantine. `keys` are all its raw objects,
 * sorted: of two rows with one key, that of the older read stays, else the first. `rules` are what a stack changes of the
 * quality rules. Throws `bad_raw_object` if an object cannot be used, since rows made without it would look complete.
 */
export async function buildRows(
  streamDay: StreamDay,
  keys: string[],
  raw: RawReader,
  rules: QualityRules = {},
): Promise<Built> {
  const makeRows = async (reads: Map<number, Read>, rejected: Map<number, ReadFinding>) => {
    const builder = new RowBuilder(streamDay, reads, rejected, rules);
    await forEachLine(keys, raw, (line, location) => builder.addLine(line, location));
    return builder;
  };
  const builder =
    (await rowsOfWholeReads(streamDay, keys, raw, rules)) ??
    (await makeRows(await findReads(streamDay, keys, raw), new Map()));
  const findings = evaluateReads(builder);
  const rejected = rejectionsIn(findings);
  return finish(rejected.size === 0 ? builder : await makeRows(builder.reads, rejected), findings);
}

/** Makes rows in one pass; returns undefined if that does not do, since not all reads are closed. */
async function rowsOfWholeReads(
  streamDay: StreamDay,
  keys: string[],
  raw: RawReader,
  rules: QualityRules,
): Promise<RowBuilder | undefined> {
  const last = keys.at(-1);
  // Of a read in several objects, the last one has the closing record.
  if (keys.length > 1 && !(await hasClosedAll(streamDay, last!, raw))) return undefined;
  const finder = new ReadFinder(streamDay);
  const builder = new RowBuilder(streamDay, finder.reads, new Map(), rules, true);
  await forEachLine(keys, raw, (line, location) => {
    finder.add(line, location);
    builder.addLine(line, location);
  });
  return areWhole(finder.reads.values()) ? builder : undefined;
}

/** Returns whether a raw object has the closing records of all reads that it has pages of. */
async function hasClosedAll(streamDay: StreamDay, key: string, raw: RawReader): Promise<boolean> {
  const reads = await findReads(streamDay, [key], raw);
  return [...reads.values()].every(({ pages, close }) => pages.size === 0 || close !== undefined);
}

async function forEachLine(
  keys: string[],
  raw: RawReader,
  use: (line: RawLine, location: RawLocation) => void,
): Promise<void> {
  for (const raw_key of keys) {
    let raw_line = 0;
    for await (const line of raw.lines(raw_key)) use(line, { raw_key, raw_line: ++raw_line });
  }
}

/** Applies the rules of reads to each full read that is closed. */
function evaluateReads(builder: RowBuilder): Findings {
  const { kind, reads, audit } = builder;
  const table = countedTable(kind);
  const full = closedReads(reads).filter(({ header }) => header.read_kind === "full");
  if (!table || full.length === 0) return new Map();
  const rows = builder.rowsOf(table);
  const clashes = keyClashes(rows);
  const counts = countByRead(rows.unique());
  return new Map(
    full.map(({ header: { read_seq }, close }) => {
      const found = {
        clashes: clashes.get(read_seq) ?? 0,
        rows: counts.get(read_seq) ?? 0,
        quarantined: audit.rejectedRows(table.name, read_seq),
        positions: close.positions,
      };
      return [read_seq, evaluateRead(table.name, found, audit.rules)];
    }),
  );
}

function rejectionsIn(findings: Findings): Map<number, ReadFinding> {
  return new Map(
    [...findings].flatMap(([read, ofRead]) => {
      const rejection = rejectionIn(ofRead);
      return rejection ? [[read, rejection] as const] : [];
    }),
  );
}

function closedReads(reads: Map<number, Read>): ClosedRead[] {
  return [...reads.values()].filter((read: Read) => isClosed(read));
}

/** Returns the spec of a stream's counted table, if it has one. */
function countedTable(kind: RowBuilder["kind"]): TableSpec | undefined {
  return tables.find(({ name }) => name === streamOf(kind).countedTable);
}

/** Returns the rows of all tables, in the tables' order, once every line is in. */
function finish(builder: RowBuilder, findings: Findings): Built {
  const { kind, reads, rejected, audit } = builder;
  const accepted = closedReads(reads).filter(({ header }) => !rejected.has(header.read_seq));
  for (const read of accepted) addNotReturned(builder, read);
  builder.countEntities();
  for (const made of qualityRows(builder, findings)) builder.addRow(made);
  const rows: Record<string, TableRows> = {};
  for (const table of tablesOf(kind)) {
    // The last table, which counts the unique rows of another.
    if (table.name === "container_reads") addReads(builder, accepted, rows[countedTable(kind)!.name]!);
    rows[table.name] = builder.rowsOf(table).unique();
  }
  return { rows, quarantine: audit.quarantine, blocked: [...rejected.keys()] };
}

function qualityRows({ audit, kind, reads, streamDay }: RowBuilder, findings: Findings): MadeRow[] {
  const ofRows = [...audit.tallies.values()].flatMap((tally) => {
    const scope =
      tally.read === undefined ? dayScope(streamDay, tally) : readScope(streamDay, reads, tally.read);
    return rowResults(scope, tally, audit.rules);
  });
  const ofReads = [...findings].flatMap(([read, ofRead]) =>
    readResults(readScope(streamDay, reads, read), countedTable(kind)!.name, ofRead),
  );
  return [...ofRows, ...ofReads];
}

/** Returns the scope of results about a full read. */
function readScope({ day }: StreamDay, reads: Map<number, Read>, read: number): Scope {
  const { header, close } = reads.get(read) as ClosedRead;
  const { stream, container } = header;
  return { ...provenanceOf(header, day, instant(close.completed_at)!), stream, container_id: container };
}

/** Adds a skip for each run of positions that count but that no page had an entry for. */
function addNotReturned(builder: RowBuilder, { header, close, pages }: ClosedRead): void {
  const provenance = provenanceOf(header, builder.streamDay.day, instant(close.completed_at)!);
  let next = 0;
  const addSkip = (end: number) => {
    if (end > next) builder.addRow(skippedEntryRow(header, provenance, next, "not_returned", end - next));
  };
  for (const [offset, entries] of [...pages].sort(([left], [right]) => left - right)) {
    addSkip(Math.min(offset, close.positions));
    next = Math.max(next, offset + entries);
  }
  addSkip(close.positions);
}

/** Adds the rows of container_reads; `rows` are those of the counted table. */
function addReads(builder: RowBuilder, closed: ClosedRead[], rows: TableRows): void {
  const { day } = builder.streamDay;
  const counts = countByRead(rows);
  for (const { header, close } of closed)
    builder.addRow(containerReadRow(header, day, close, counts.get(header.read_seq) ?? 0));
}

/** Counts rows by read_seq. */
function countByRead(rows: TableRows): Map<Cell, number> {
  const readSeq = rows.reader("read_seq");
  const counts = new Map<Cell, number>();
  for (let at = 0; at < rows.length; at += 1) counts.set(readSeq(at), (counts.get(readSeq(at)) ?? 0) + 1);
  return counts;
}
