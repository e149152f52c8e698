/** The entities of one kind, such as tracks: the rows of the best sighting of each. */
import type { TableSpec } from "../../../schemas";
import type { Json } from "../../raw/json";
import { id, MadeRow, type CellIssue } from "./cells";
import type { Provenance } from "./provenance";
import { RowStore, type Texts } from "./rowStore";

/** Where an entity was found. */
export interface Sighting {
  provenance: Provenance;
  /** Place in the read. */
  position: number;
  /** It was described in full, not only as a part of something else. */
  full: boolean;
}

/** The best sighting of an entity so far, and where its rows are. */
interface Entity {
  readSeq: number;
  position: number;
  full: boolean;
  own: number;
  /** Its rows of the table of parts: those from `firstPart` on. */
  firstPart: number;
  parts: number;
}

/** A row of an entity, and its number among the rows of its table. */
export interface EntityRow {
  table: string;
  made: MadeRow;
  row: number;
}

export class EntityStore {
  /** The entities' own rows, and those of their credits or genres: of a replaced sighting some rows may be left. */
  readonly own: RowStore;
  readonly parts: RowStore;
  private readonly entities = new Map<string, Entity>();
  /** The issues of the few rows that have one, by number. */
  private readonly issues = new Map<RowStore, Map<number, readonly CellIssue[]>>();

  constructor(own: TableSpec, parts: TableSpec, texts: Texts) {
    this.own = new RowStore(own, texts);
    this.parts = new RowStore(parts, texts);
  }

  /** Returns the id of an entity if it has one and this sighting is the best so far. */
  idIfBest(described: Json, sighting: Sighting): string | undefined {
    const key = id(described.id);
    if (key === null) return undefined;
    const known = this.entities.get(key);
    return known && !isBetter(sighting, known) ? undefined : key;
  }

  /** Keeps the rows of a sighting in place of those of the one before. */
  keep(key: string, { provenance, position, full }: Sighting, own: MadeRow, parts: MadeRow[]): void {
    const known = this.entities.get(key);
    const isRoom = known !== undefined && parts.length <= known.parts;
    const firstPart = isRoom ? known.firstPart : this.parts.size;
    for (const [index, part] of parts.entries()) this.put(this.parts, part, firstPart + index);
    const place = { own: this.put(this.own, own, known?.own), firstPart, parts: parts.length };
    this.entities.set(key, { readSeq: provenance.read_seq, position, full, ...place });
  }

  /** Yields the rows of all entities. */
  *rows(): Generator<EntityRow> {
    for (const { own, firstPart, parts } of this.entities.values()) {
      yield this.rowOf(this.own, own);
      for (let part = firstPart; part < firstPart + parts; part += 1) yield this.rowOf(this.parts, part);
    }
  }

  private put(store: RowStore, { values, issues }: MadeRow, row = store.size): number {
    if (row === store.size) store.add(values);
    else store.set(row, values);
    if (issues.length === 0 && !this.issues.has(store)) return row;
    const known = this.issues.get(store) ?? new Map<number, readonly CellIssue[]>();
    this.issues.set(store, known.set(row, issues));
    return row;
  }

  private rowOf(store: RowStore, row: number): EntityRow {
    const made = new MadeRow(store.table, store.cells(row), this.issues.get(store)?.get(row));
    return { table: store.table.name, made, row };
  }
}

/**
 * Returns whether a sighting replaces the known one. A full description wins over a part of something else, which lacks
 * details; then the greater read_seq, and within a read the first position.
 */
function isBetter({ provenance, position, full }: Sighting, known: Entity): boolean {
  if (full !== known.full) return full;
  const newer = provenance.read_seq - known.readSeq;
  return newer > 0 || (newer === 0 && position < known.position);
}
