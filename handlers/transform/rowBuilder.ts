/** Makes the rows of a stream-day, line by line, once it is known which reads there are. */
import type { TableSpec } from "../../schemas";
import { entityTables, type QualityRules } from "../../schemas/quality";
import { kindOf, streamOf, type StreamKind } from "../../schemas/streams";
import {
  streamKind,
  type HeaderLine,
  type ObjectLine,
  type PageLine,
  type RawLine,
  type StreamDay,
} from "../raw/format";
import { list, object } from "../raw/json";
import { isClosed, type Read } from "./closedReads";
import { lineReaders, type LineReaders } from "./lineReaders";
import { Audit } from "./quality/audit";
import { reasonOfRead, type ReadFinding } from "./quality/readChecks";
import type { MadeRow } from "./rows/cells";
import { Entities } from "./rows/entities";
import type { EntryReader, EntryResult } from "./rows/entries";
import { answeredAt, provenanceOf, type Provenance, type RawLocation } from "./rows/provenance";
import { RowStore } from "./rows/rowStore";
import { extractRunRow, gapRow, skippedEntryRow, skipLineRow } from "./rows/runs";
import { TableRows } from "./rows/tableRows";
import { Texts } from "./rows/texts";

/** The answer that an entry stands in. */
interface EntryContext {
  header: HeaderLine;
  provenance: Provenance;
  /** The full read that the entry belongs to, if it does. */
  fullRead?: number;
}

export class RowBuilder {
  readonly audit: Audit;
  readonly kind: StreamKind;
  private readonly readers: LineReaders;
  private readonly texts = new Texts();
  private readonly entities: Entities;
  /** By table name, in the order in which they came. */
  private readonly stores = new Map<string, RowStore>();

  /**
   * `rejected` are the full reads whose rows all go into quarantine, and why. `isClosing`: reads count as closed before
   * their closing record comes.
   */
  constructor(
    readonly streamDay: StreamDay,
    readonly reads: Map<number, Read>,
    readonly rejected: Map<number, ReadFinding>,
    rules: QualityRules,
    private readonly isClosing = false,
  ) {
    this.audit = new Audit(rules);
    this.entities = new Entities(this.texts, (made) => this.audit.issuesOf(made));
    this.kind = kindOf(streamKind(streamDay.slug));
    this.readers = lineReaders[this.kind];
  }

  /** Adds the rows of one line. */
  addLine(line: RawLine, location: RawLocation): void {
    const { day } = this.streamDay;
    if (line.kind === "page") this.addPage(line, location);
    if (line.kind === "object") this.addObject(line, location);
    if (line.kind === "skip") this.addRow(skipLineRow(line, day));
    if (line.kind === "run") this.addChecked(extractRunRow(line, day), location);
    if (line.kind === "gap") this.addChecked(gapRow(line, day), location);
  }

  /** Counts the entities' rows, once all lines are in: each entity counts once. */
  countEntities(): void {
    for (const table of streamOf(this.kind).tables)
      if (entityTables.includes(table)) this.audit.countEntities(this.entities.rowsOf(table));
  }

  /** Adds a row without a check. */
  addRow(made: MadeRow): void {
    this.storeOf(made.table).add(made.values);
  }

  /** Returns the rows that a table has so far, sorted by its key. */
  rowsOf(table: TableSpec): TableRows {
    if (!entityTables.includes(table.name)) return TableRows.sorted(this.storeOf(table));
    const { store, numbers } = this.entities.rowsOf(table.name);
    return TableRows.sorted(store, numbers);
  }

  private storeOf(table: TableSpec): RowStore {
    let store = this.stores.get(table.name);
    if (!store) this.stores.set(table.name, (store = new RowStore(table, this.texts)));
    return store;
  }

  /** Adds a row if it passes the check. */
  private addChecked(made: MadeRow, location: RawLocation): void {
    if (this.audit.check(made, location)) this.addRow(made);
  }

  private addPage(line: PageLine, location: RawLocation): void {
    const read = this.reads.get(line.read_seq);
    if (!read?.header || (!this.isClosing && !isClosed(read))) return;
    const { header, close, pages } = read;
    const { day } = this.streamDay;
    const all = entriesOf(line.body);
    const entries = this.isClosing ? all : all.slice(0, Math.max(0, close!.positions - line.offset));
    pages.set(line.offset, Math.max(entries.length, pages.get(line.offset)!));
    const provenance = provenanceOf(header, day, answeredAt(line, day), location);
    const fullRead = header.read_kind === "full" ? header.read_seq : undefined;
    const context = { header, provenance, fullRead };
    this.addEntries(entries, line.offset, this.readers.page!, context);
  }

  private addObject(line: ObjectLine, location: RawLocation): void {
    const { header } = this.reads.get(line.read_seq) as { header: HeaderLine };
    const { day } = this.streamDay;
    const provenance = provenanceOf(header, day, answeredAt(line, day), location);
    const body = object(line.body);
    const reader = this.readers.object!;
    if (reader.shape === "document") {
      const { results = [], skip } = reader.read(body, header.container, provenance, this.entities);
      for (const made of results) this.addChecked(made, provenance);
      if (skip) this.addSkip(skip, -1, header, provenance);
      return;
    }
    const context = { header, provenance };
    if (reader.shape === "entry") {
      this.addEntries([line.body], -1, reader.readEntry, context);
      return;
    }
    const offset = Number.isSafeInteger(body.offset) ? (body.offset as number) : 0;
    this.addEntries(list(body.items), offset, reader.readEntry, context);
    if (!Array.isArray(body.items)) this.addSkip("null_entry", -1, header, provenance);
  }

  private addEntries(
    entries: unknown[],
    offset: number,
    readEntry: EntryReader,
    context: EntryContext,
  ): void {
    for (const [index, entry] of entries.entries()) {
      const result = readEntry(entry, offset + index, context.provenance, context.header);
      this.addEntry(result, offset + index, context);
    }
  }

  /** Adds the row of an entry or a skip, and the entities in it: those of an entry in quarantine are not added. */
  private addEntry({ made, ...result }: EntryResult, position: number, context: EntryContext): void {
    const { header, provenance, fullRead } = context;
    const isGood = made !== undefined && this.audit.check(made, provenance, fullRead);
    const rejection = this.rejected.get(header.read_seq);
    if (rejection) {
      const reason = reasonOfRead(rejection, header);
      if (isGood) this.audit.putIntoQuarantine(made, rejection.rule, reason, provenance);
      return;
    }
    const skip = result.skip ?? (isGood ? undefined : "quarantined");
    if (skip) this.addSkip(skip, position, header, provenance);
    if (!isGood) return;
    this.addRow(made);
    const { track, album, artist } = result;
    if (track) this.entities.addTrack(track, provenance, position);
    if (album) this.entities.addAlbum(album, provenance, position);
    if (artist) this.entities.addArtist(artist, provenance, position);
  }

  private addSkip(reason: string, position: number, header: HeaderLine, provenance: Provenance): void {
    this.addRow(skippedEntryRow(header, provenance, position, reason));
  }
}

/** Returns the entries of a page; the list of followed artists is wrapped in `artists`. */
function entriesOf(body: unknown): unknown[] {
  const { items, artists } = object(body);
  return list(items ?? object(artists).items);
}
