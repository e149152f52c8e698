import { gunzipSync } from "node:zlib";
import type { StoredObject } from "../../cloud/memory/memoryStore";
import type { Bucket, EmbeddedParts } from "./embedded";

/** A row of a table file: every cell as the CSV has it, NULL as null. */
export type LakeRow = Record<string, string | null>;

/** A read that readers may believe, as the view accepted_reads has it. */
export interface AcceptedRead {
  listener: string;
  stream: string;
  container: string;
  readSeq: number;
  isFull: boolean;
  libraryVersion: string;
  rows: LakeRow[];
}

/** The table that the entries of a stream lie in. */
function entryTable(stream: string): string {
  return stream.startsWith("playlist:") ? "playlist_items" : stream;
}

/**
 * The table files of a lake in CSV, as an engine finds them: in the locations of registered partitions. Decoded anew only
 * where they change.
 */
export class LakeReader {
  private readonly decoded = new Map<string, { etag: string; rows: LakeRow[] }>();
  private readonly objects: ReadonlyMap<string, StoredObject>;
  private readonly cloud: Pick<EmbeddedParts, "locations">;

  constructor({ lake, cloud }: { lake: Pick<Bucket, "objects">; cloud: Pick<EmbeddedParts, "locations"> }) {
    this.objects = lake.objects;
    this.cloud = cloud;
  }

  /** All rows of a table, whatever partition they lie in. */
  rows(table: string): LakeRow[] {
    const locations = this.cloud.locations(table);
    const keys = [...this.objects.keys()].filter((key) => locations.some((prefix) => key.startsWith(prefix)));
    return keys.flatMap((key) => this.fileRows(key));
  }

  /**
   * Whether the entries of a container read have a partition where its own leads: the month is sealed as far there. The first
   * of a month gets it, and the first of a month that has just moved follows, after its files are written; views then still
   * show the read before.
   */
  hasPartition({ stream, snapshot_date }: LakeRow): boolean {
    const folder = `/snapshot_month=${snapshot_date!.slice(0, 7)}/`;
    const partitionOf = (table: string) =>
      this.cloud
        .locations(table)
        .find((location) => location.includes(folder))
        ?.replace(`/${table}/`, "/");
    return partitionOf(entryTable(stream!)) === partitionOf("container_reads");
  }

  /** Every container read whose rows are all there, oldest first. */
  acceptedReads(): AcceptedRead[] {
    const held = new Map<string, Map<string, LakeRow[]>>();
    const rowsOf = (table: string, read: string) => {
      if (!held.has(table)) held.set(table, groupBy(this.rows(table), readOf));
      return held.get(table)!.get(read) ?? [];
    };
    return this.rows("container_reads")
      .map((read) => {
        const stream = read.stream!;
        const rows = rowsOf(entryTable(stream), readOf(read)).filter(({ source }) => source === stream);
        return { read, rows };
      })
      .filter(({ read, rows }) => Number(read.row_count) === rows.length)
      .map(({ read, rows }) => ({
        listener: read.listener_id!,
        stream: read.stream!,
        container: read.container_id!,
        readSeq: Number(read.read_seq),
        isFull: read.read_kind === "full",
        libraryVersion: read.library_version!,
        rows,
      }))
      .sort((a, b) => a.readSeq - b.readSeq);
  }

  private fileRows(key: string): LakeRow[] {
    const { etag, body } = this.objects.get(key)!;
    const known = this.decoded.get(key);
    if (known?.etag === etag) return known.rows;
    const [head, ...lines] = gunzipSync(body).toString("utf8").trimEnd().split("\n");
    const names = head!.split("\t");
    const rows = lines.map((line) => {
      const cells = line.split("\t");
      return Object.fromEntries(names.map((name, at) => [name, cells[at] === "\\N" ? null : cells[at]!]));
    });
    this.decoded.set(key, { etag, rows });
    return rows;
  }
}

/** The table that a key of the lake belongs to; undefined for what is no table file. */
export function tableOf(key: string): string | undefined {
  return /^(?:sealed\/)?g\d+\/(\w+)\/snapshot_month=[^/]+\/(?:\d\d\/)?[^/]+\.csv\.gz$/.exec(key)?.[1];
}

function readOf(row: LakeRow): string {
  return `${row.listener_id} ${row.read_seq}`;
}

function groupBy<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
