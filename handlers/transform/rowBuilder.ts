/** Rows in the making: what each line of a stream-day adds, once it is known which reads there are. */
import { tables, type Row } from "../../schemas";
import type { QualityRules } from "../../schemas/quality";
import { type Loss } from "./rows/cells";
import { list, object } from "../raw/json";
import { admit, newAudit, quarantine, type Audit } from "./quality/audit";
import { reasonOfRead, type ReadFinding } from "./quality/readChecks";
import {
  streamKind,
  type HeaderLine,
  type ObjectLine,
  type PageLine,
  type RawLine,
  type StreamDay,
} from "../raw/format";
import { isClosed, type Read } from "./closedReads";
import { addAlbum, addArtist, addTrack, emptyCatalogue, type Catalogue } from "./rows/catalogue";
import { readDocument } from "./rows/documents";
import {
  followedArtist,
  listedPlaylist,
  play,
  playlist,
  playlistItem,
  profile,
  savedAlbum,
  savedTrack,
  topItem,
  type EntryReader,
} from "./rows/entries";
import { historyPlay } from "./rows/history";
import { answeredAt, originOf, type Origin, type Place } from "./rows/origin";
import { extractRunRow, gapRow, skippedEntryRow, skipLineRow } from "./rows/runs";

export interface Draft {
  streamDay: StreamDay;
  /** See {@link streamKind}. */
  kind: string;
  reads: Map<number, Read>;
  /** Full reads that are rejected, and why. */
  blocked: Map<number, ReadFinding>;
  rows: Record<string, Row[]>;
  catalogue: Catalogue;
  audit: Audit;
}

/** A draft of nothing yet. */
export function newDraft(
  streamDay: StreamDay,
  reads: Map<number, Read>,
  blocked: Map<number, ReadFinding>,
  rules: QualityRules,
): Draft {
  const kind = streamKind(streamDay.slug);
  const catalogue = emptyCatalogue();
  return { streamDay, kind, reads, blocked, rows: {}, catalogue, audit: newAudit(rules) };
}

/** The table that entries or answers fill, and how one of them is read. */
interface EntryStream {
  table: string;
  readEntry: EntryReader;
}

/** Streams whose pages and answers are lists. */
export const entryStreams: Record<string, EntryStream> = {
  playlists: { table: "playlists", readEntry: listedPlaylist },
  playlist_items: { table: "playlist_items", readEntry: playlistItem },
  playlist: { table: "playlist_items", readEntry: playlistItem },
  saved_tracks: { table: "saved_tracks", readEntry: savedTrack },
  saved_albums: { table: "saved_albums", readEntry: savedAlbum },
  followed_artists: { table: "followed_artists", readEntry: followedArtist },
  top_items: { table: "top_items", readEntry: topItem },
  recently_played: { table: "plays", readEntry: play },
  streaming_history: { table: "streaming_history", readEntry: historyPlay },
};

/** Streams of which an answer is one thing. */
const objectStreams: Record<string, EntryStream> = {
  profile: { table: "profiles", readEntry: profile },
  playlist: { table: "playlists", readEntry: playlist },
};

/** What one line adds. */
export function addLine(draft: Draft, line: RawLine, place: Place): void {
  const losses: Loss[] = [];
  if (line.kind === "page") addPage(draft, line, place);
  if (line.kind === "object") addObject(draft, line, place);
  if (line.kind === "skip") add(draft, "skips", skipLineRow(line));
  if (line.kind === "run") addJudged(draft, "extract_runs", [extractRunRow(line, losses)], losses, place);
  if (line.kind === "gap") addJudged(draft, "gaps", [gapRow(line, losses)], losses, place);
}

/** Adds a row that needs no judgement. */
export function add(draft: Draft, table: string, row: Row): void {
  (draft.rows[table] ??= []).push(row);
}

/** Adds those of a line's rows that are admitted; `losses` tell of rows that could not be made, too. */
function addJudged(draft: Draft, table: string, rows: Row[], losses: Loss[], place: Place): void {
  for (const cells of new Set([...rows, ...losses.map((loss) => loss.cells)])) {
    const row = rows.find((made) => made === cells);
    const own = losses.filter((loss) => loss.cells === cells);
    if (admit(draft.audit, specOf(table), row, own, place) && row) add(draft, table, row);
  }
}

function specOf(table: string) {
  return tables.find(({ name }) => name === table)!;
}

function addPage(draft: Draft, line: PageLine, place: Place): void {
  const read = draft.reads.get(line.read_seq);
  if (!isClosed(read)) return;
  const { header, close, pages } = read;
  const origin = originOf(header, answeredAt(line, draft.streamDay.day), place);
  const entries = entriesOf(line.body).slice(0, Math.max(0, close.positions - line.offset));
  pages.set(line.offset, Math.max(entries.length, pages.get(line.offset)!));
  const full = header.read_kind === "full" ? header.read_seq : undefined;
  const stream = entryStreams[draft.kind]!;
  entries.forEach((entry, index) =>
    addEntry(draft, stream, entry, line.offset + index, header, origin, full),
  );
}

/** The entries of a page; the list of followed artists comes wrapped. */
function entriesOf(body: unknown): unknown[] {
  const { items, artists } = object(body);
  return list(items ?? object(artists).items);
}

/**
 * What one entry of a list adds: a row or a skip, and what it tells the catalogue. `full` is the full read that it
 * belongs to. What is in quarantine tells the catalogue nothing.
 */
function addEntry(
  draft: Draft,
  { table, readEntry }: EntryStream,
  entry: unknown,
  position: number,
  header: HeaderLine,
  origin: Origin,
  full?: number,
): void {
  const losses: Loss[] = [];
  const made = readEntry(entry, position, header, { ...origin, losses });
  const { row, track, album, artist } = made;
  const admitted = admit(draft.audit, specOf(table), row, losses, origin, full);
  const rejection = draft.blocked.get(header.read_seq);
  if (rejection) {
    if (admitted)
      quarantine(draft.audit, table, row!, rejection.rule, reasonOfRead(rejection, header), origin);
    return;
  }
  const skip = made.skip ?? (admitted ? undefined : "quarantined");
  if (skip) add(draft, "skips", skippedEntryRow(header, origin, position, skip));
  if (!admitted) return;
  add(draft, table, row!);
  if (track) addTrack(draft.catalogue, track, origin, position);
  if (album) addAlbum(draft.catalogue, album, origin, position);
  if (artist) addArtist(draft.catalogue, artist, origin, position);
}

function addObject(draft: Draft, line: ObjectLine, place: Place): void {
  const { kind, streamDay } = draft;
  const header = draft.reads.get(line.read_seq)!.header!;
  const origin = originOf(header, answeredAt(line, streamDay.day), place);
  if (objectStreams[kind]) {
    addEntry(draft, objectStreams[kind], line.body, -1, header, origin);
    return;
  }
  const body = object(line.body);
  if (["recently_played", "streaming_history"].includes(kind)) {
    const offset = Number.isSafeInteger(body.offset) ? (body.offset as number) : 0;
    list(body.items).forEach((entry, index) =>
      addEntry(draft, entryStreams[kind]!, entry, offset + index, header, origin),
    );
    if (!Array.isArray(body.items)) add(draft, "skips", skippedEntryRow(header, origin, -1, "null_entry"));
    return;
  }
  const losses: Loss[] = [];
  const { rows, skip } = readDocument(kind, body, header, { ...origin, losses }, draft.catalogue);
  addJudged(draft, "search_results", rows, losses, origin);
  if (skip) add(draft, "skips", skippedEntryRow(header, origin, -1, skip));
}
