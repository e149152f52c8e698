import { tables } from "../../schemas";
import { entityTables } from "../../schemas/quality";
import { streamKinds, streamOf } from "../../schemas/streams";
import type { FaultSimulation } from "./faultSimulation";
import { LakeReader, type LakeRow } from "./lakeReader";
import { demand } from "./violation";

/** Whose rows are checked to belong to a read. */
const setLike = ["container_reads", ...streamKinds.flatMap((kind) => streamOf(kind).countedTable ?? [])];

/**
 * Looks at the lake after each change of a table's files or partitions, as a reader could. No row vanishes; a container
 * that was seen never falls back to an older read; the rows of a read never change.
 * Returns how many reads were there, summed over all looks.
 */
export function watchReaders(simulation: FaultSimulation): { seen: number } {
  const reader = new LakeReader(simulation);
  const watched = { seen: 0 };
  const rows = new RowWatch(reader);
  const reads = new ReadWatch(reader);
  simulation.onLakeChange = (table) => {
    rows.check(table);
    if (setLike.includes(table)) watched.seen += reads.check();
  };
  return watched;
}

/** Tables whose rows a newer read of the same day may replace. */
const replaced = [...entityTables, "quality_results"];

/** Checks that no row of a table vanishes. */
class RowWatch {
  private readonly seen = new Map<string, Set<string>>();

  constructor(private readonly reader: LakeReader) {}

  check(table: string): void {
    const key = keyOf(table);
    const now = new Set(this.reader.rows(table).map((row) => key.map((column) => row[column]).join("\t")));
    for (const one of this.seen.get(table) ?? [])
      demand(now.has(one), () => `row ${one} of ${table} has vanished`);
    this.seen.set(table, now);
  }
}

/** Returns the columns by which a row is known again: of rows that may be replaced, what they are about. */
function keyOf(table: string): string[] {
  const { key } = tables.find(({ name }) => name === table)!;
  return replaced.includes(table) ? key.slice(0, 1) : key;
}

/** Checks the reads that readers believe. */
class ReadWatch {
  private readonly newest = new Map<string, number>();
  private readonly contents = new Map<string, LakeRow[]>();

  constructor(private readonly reader: LakeReader) {}

  /** Returns how many reads are there. */
  check(): number {
    const accepted = this.reader.acceptedReads();
    const seen = new Map<string, number>();
    for (const { listener, stream, container, readSeq, rows } of accepted) {
      seen.set(`${stream} ${container} of ${listener}`, readSeq);
      const read = `${readSeq} of ${container} of ${listener}`;
      this.checkContents(read, rows);
    }
    for (const [container, readSeq] of this.newest)
      demand((seen.get(container) ?? -1) >= readSeq, () => `${container} fell back behind read ${readSeq}`);
    for (const [container, readSeq] of seen) this.newest.set(container, readSeq);
    const believed = new Set(accepted.map(({ listener, readSeq }) => `${listener} ${readSeq}`));
    for (const row of this.reader.rows("container_reads"))
      demand(
        believed.has(`${row.listener_id} ${row.read_seq}`) || !this.reader.hasPartition(row),
        () => `read ${row.read_seq} of ${row.container_id} is there without its rows`,
      );
    return accepted.length;
  }

  /** Checks that a read has the rows that it had. Rows of a file that did not change are the same objects. */
  private checkContents(read: string, rows: LakeRow[]): void {
    const known = this.contents.get(read) ?? rows;
    const isSame = rows.length === known.length && rows.every((row, at) => row === known[at]);
    demand(isSame || sorted(rows) === sorted(known), () => `read ${read} has changed`);
    this.contents.set(read, rows);
  }
}

/** Rows by their text: their order in a table file has no meaning. */
function sorted(rows: LakeRow[]): string {
  return rows
    .map((row) => JSON.stringify(row))
    .sort()
    .join("\n");
}
