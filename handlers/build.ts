/**
 * From the raw objects of one stream-day to the rows of its tables: a pure function of what lies there, whatever the
 * order in which it came.
 *
 * What stands on pages, the catalogue included, counts only once its read is closed and all its pages are there; an
 * `object` line counts at once. Two passes keep memory flat: the first finds the closed reads, the second makes rows.
 */
import { tablesOf, type Cell, type Row, type TableSpec } from "../schemas";
import { instant, isObject, list, object } from "./cells";
import { badRawObject, type Outline } from "./lines";
import {
  streamKind,
  streamSlug,
  type CloseLine,
  type HeaderLine,
  type ObjectLine,
  type PageLine,
  type RawLine,
  type StreamDay,
} from "./raw";
import {
  addAlbum,
  addArtist,
  addTrack,
  catalogueRows,
  emptyCatalogue,
  type Catalogue,
} from "./rows/catalogue";
import { readDocument } from "./rows/documents";
import {
  followedArtist,
  listedPlaylist,
  play,
  playlistItem,
  playlistRow,
  profileRow,
  savedAlbum,
  savedTrack,
  topItem,
  type EntryReader,
} from "./rows/entries";
import { historyPlay } from "./rows/history";
import { answeredAt, originOf, type Origin } from "./rows/origin";
import { containerReadRow, extractRunRow, gapRow, skippedEntryRow, skipLineRow } from "./rows/runs";

/** Reads a raw object, one line after another: with bodies, or only what stands beside them. */
export interface RawReader {
  lines(key: string): AsyncIterable<RawLine>;
  outlines(key: string): AsyncIterable<Outline>;
}

/** One container read, as the lines of all raw objects of the stream-day tell of it. */
interface Read {
  header?: HeaderLine;
  close?: CloseLine;
  /** Offset of each page -> number of entries on it, 0 until its rows are made. */
  pages: Map<number, number>;
}

/** A read that counts. */
type ClosedRead = Required<Read>;

/** Rows in the making. */
interface Draft {
  streamDay: StreamDay;
  /** See {@link streamKind}. */
  kind: string;
  reads: Map<number, Read>;
  rows: Record<string, Row[]>;
  catalogue: Catalogue;
}

/** The table that a stream's entries fill, and how one of them is read. */
const entryStreams: Record<string, { table: string; readEntry: EntryReader }> = {
  playlists: { table: "playlists", readEntry: listedPlaylist },
  playlist_items: { table: "playlist_items", readEntry: playlistItem },
  playlist: { table: "playlist_items", readEntry: playlistItem },
  saved_tracks: { table: "saved_tracks", readEntry: savedTrack },
  saved_albums: { table: "saved_albums", readEntry: savedAlbum },
  followed_artists: { table: "followed_artists", readEntry: followedArtist },
  top_items: { table: "top_items", readEntry: topItem },
  recently_played: { table: "plays", readEntry: play },
};

/**
 * The rows of every table that the stream-day feeds, by table name, unique by the table's key and sorted by it. `keys`
 * are all its raw objects, sorted: where two rows have one key, that of the older read stays, else the first. Throws
 * `bad_raw_object` if one of them cannot be used, since rows made without it would look whole.
 */
export async function buildRows(
  streamDay: StreamDay,
  keys: string[],
  raw: RawReader,
  sha256: (text: string) => string,
): Promise<Record<string, Row[]>> {
  const draft: Draft = {
    streamDay,
    kind: streamKind(streamDay.slug),
    reads: new Map(),
    rows: {},
    catalogue: emptyCatalogue(),
  };
  for (const key of keys) await findReads(draft, key, raw, sha256);
  for (const key of keys) {
    for await (const line of raw.lines(key)) addLine(draft, line);
  }
  return finish(draft);
}

/** First pass over one object: which reads there are, and whether each line belongs where it lies. */
async function findReads(draft: Draft, key: string, raw: RawReader, sha256: (text: string) => string) {
  const opened = new Set<number>();
  let number = 0;
  for await (const line of raw.outlines(key)) {
    number += 1;
    const wrong = misplaced(line, draft, opened, sha256);
    if (wrong) throw badRawObject(key, number, wrong);
    if (!("read_seq" in line)) continue;
    const read = draft.reads.get(line.read_seq) ?? { pages: new Map<number, number>() };
    draft.reads.set(line.read_seq, read);
    if (line.kind === "header") {
      read.header ??= line;
      opened.add(line.read_seq);
    } else if (line.kind === "close") {
      read.close ??= line;
    } else if (line.kind === "page") {
      read.pages.set(line.offset, 0);
    }
  }
}

/** Why a line cannot stand where it does; `opened` are the reads whose header came before it in its object. */
function misplaced(
  line: Outline,
  { kind, streamDay: { listener, slug } }: Draft,
  opened: Set<number>,
  sha256: (text: string) => string,
): string | undefined {
  const feeds = (table: string) => tablesOf(kind).some(({ name }) => name === table);
  const fits = {
    header: true,
    page: feeds("container_reads"),
    object: [
      "profile",
      "playlist",
      "recently_played",
      "album",
      "artist",
      "artist_details",
      "search",
      "streaming_history",
    ].includes(kind),
    close: feeds("container_reads"),
    skip: feeds("skips"),
    run: feeds("extract_runs"),
    gap: feeds("gaps"),
  }[line.kind];
  if (!fits) return `${line.kind} lines have no place in stream ${slug}`;
  if ("listener" in line && line.listener !== listener) return `it is of listener ${line.listener}`;
  if (line.kind === "header" && streamSlug(line.stream, sha256) !== slug) return `it is of ${line.stream}`;
  if ((line.kind === "page" || line.kind === "object") && !opened.has(line.read_seq)) {
    return `no header of read ${line.read_seq} stands before it`;
  }
  return undefined;
}

/** Second pass: what one line adds. */
function addLine(draft: Draft, line: RawLine): void {
  if (line.kind === "page") addPage(draft, line);
  if (line.kind === "object") addObject(draft, line);
  if (line.kind === "skip") add(draft, "skips", skipLineRow(line));
  if (line.kind === "run") add(draft, "extract_runs", extractRunRow(line));
  if (line.kind === "gap") add(draft, "gaps", gapRow(line));
}

function add(draft: Draft, table: string, row: Row): void {
  (draft.rows[table] ??= []).push(row);
}

function addPage(draft: Draft, line: PageLine): void {
  const read = draft.reads.get(line.read_seq);
  if (!isClosed(read)) return;
  const { header, close, pages } = read;
  const origin = originOf(header, answeredAt(line, draft.streamDay.day));
  const entries = entriesOf(line.body).slice(0, Math.max(0, close.positions - line.offset));
  pages.set(line.offset, Math.max(entries.length, pages.get(line.offset)!));
  entries.forEach((entry, index) => addEntry(draft, entry, line.offset + index, header, origin));
}

/** The entries of a page; the list of followed artists comes wrapped. */
function entriesOf(body: unknown): unknown[] {
  const { items, artists } = object(body);
  return list(items ?? object(artists).items);
}

/** What one entry of a list adds: a row or a skip, and what it tells the catalogue. */
function addEntry(draft: Draft, entry: unknown, position: number, header: HeaderLine, origin: Origin): void {
  const { table, readEntry } = entryStreams[draft.kind]!;
  const { row, skip, track, album, artist } = readEntry(entry, position, header, origin);
  if (row) add(draft, table, row);
  if (skip) add(draft, "skips", skippedEntryRow(header, origin, position, skip));
  if (track) addTrack(draft.catalogue, track, origin, position);
  if (album) addAlbum(draft.catalogue, album, origin, position);
  if (artist) addArtist(draft.catalogue, artist, origin, position);
}

function addObject(draft: Draft, line: ObjectLine): void {
  const header = draft.reads.get(line.read_seq)!.header!;
  const origin = originOf(header, answeredAt(line, draft.streamDay.day));
  const body = object(line.body);
  if (draft.kind === "recently_played") {
    list(body.items).forEach((entry, index) => addEntry(draft, entry, index, header, origin));
    if (!Array.isArray(body.items)) add(draft, "skips", skippedEntryRow(header, origin, -1, "null_entry"));
    return;
  }
  if (draft.kind === "streaming_history") {
    const offset = Number.isSafeInteger(body.offset) ? (body.offset as number) : 0;
    list(body.items).forEach((entry, index) => {
      const { row, skip } = historyPlay(entry, origin);
      if (row) add(draft, "streaming_history", row);
      if (skip) add(draft, "skips", skippedEntryRow(header, origin, offset + index, skip));
    });
    return;
  }
  if (["album", "artist", "artist_details", "search"].includes(draft.kind)) {
    const { rows, skip } = readDocument(draft.kind, body, header, origin, draft.catalogue);
    for (const row of rows) add(draft, "search_results", row);
    if (skip) add(draft, "skips", skippedEntryRow(header, origin, -1, skip));
    return;
  }
  const [table, row] =
    draft.kind === "profile"
      ? ["profiles", profileRow(body, origin)]
      : ["playlists", playlistRow(body, null, origin)];
  if (row) add(draft, table, row);
  else add(draft, "skips", skippedEntryRow(header, origin, -1, isObject(line.body) ? "no_id" : "null_entry"));
}

/** True once a read counts: its closing record is there, and so are all its pages. */
function isClosed(read: Read | undefined): read is ClosedRead {
  return read?.header !== undefined && read.close !== undefined && read.pages.size >= read.close.pages;
}

/** The rows of all tables, in the tables' order, once every line is in. */
function finish(draft: Draft): Record<string, Row[]> {
  const closed = [...draft.reads.values()].filter(isClosed);
  for (const read of closed) addNotReturned(draft, read);
  const found: Record<string, Row[]> = { ...catalogueRows(draft.catalogue), ...draft.rows };
  const rows: Record<string, Row[]> = {};
  for (const table of tablesOf(draft.kind)) {
    // The last table counts the rows of another, as that one really holds them.
    if (table.name === "container_reads") {
      found.container_reads = readRows(closed, rows[entryStreams[draft.kind]!.table]!);
    }
    rows[table.name] = uniqueRows(table, found[table.name] ?? []);
  }
  return rows;
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
  const counts = new Map<Cell, number>();
  for (const { read_seq } of rows) counts.set(read_seq!, (counts.get(read_seq!) ?? 0) + 1);
  return closed.map(({ header, close }) => containerReadRow(header, close, counts.get(header.read_seq) ?? 0));
}

/** Rows sorted by the table's key, one per key: that of the oldest read, and within it the first that came. */
function uniqueRows(table: TableSpec, rows: Row[]): Row[] {
  const sorted = rows.sort(
    (left, right) => compare(table.key, left, right) || compare(["read_seq"], left, right),
  );
  return sorted.filter((row, index) => index === 0 || compare(table.key, sorted[index - 1]!, row) !== 0);
}

/** Below 0 if `left` comes before `right` by these columns, 0 if they do not differ. */
function compare(columns: string[], left: Row, right: Row): number {
  for (const column of columns) {
    if (left[column] !== right[column]) return left[column]! < right[column]! ? -1 : 1;
  }
  return 0;
}
