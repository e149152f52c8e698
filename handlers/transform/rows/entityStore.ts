/** The entities of one kind, such as tracks: the rows of the best sighting of each. */
import type { TableSpec } from "../../../schemas";
import type { Json } from "../../raw/json";
import type { RowIssue } from "../quality/rowChecks";
import { id, type MadeRow } from "./cells";
import { Column } from "./column";
import { EntityIndex } from "./entityIndex";
import type { Provenance } from "./provenance";
import { RowStore } from "./rowStore";
import { numbersBelow } from "./tableRows";
import type { Texts } from "./texts";

/** Where an entity was found. */
export interface Sighting {
  provenance: Provenance;
  /** Place in the read. */
  position: number;
  /** It was described in full, not only as a part of something else. */
  full: boolean;
}

/** The rows that one table has of all entities. */
export interface EntityRows {
  store: RowStore;
  /** The numbers of the rows, by the order in which the entities were first found. */
  numbers: Uint32Array;
  /** The issues of the few rows that have one, by number. */
  issues: Map<number, RowIssue[]>;
}

/** The rows of one table, those of replaced sightings included. */
class CheckedRows {
  readonly store: RowStore;
  readonly issues = new Map<number, RowIssue[]>();

  constructor(
    table: TableSpec,
    texts: Texts,
    private readonly issuesOf: (made: MadeRow) => RowIssue[],
  ) {
    this.store = new RowStore(table, texts);
  }

  /** Adds a row, or replaces one. */
  put(made: MadeRow, row: number): void {
    if (row === this.store.size) this.store.add(made.values);
    else this.store.set(row, made.values);
    const issues = this.issuesOf(made);
    if (issues.length > 0) this.issues.set(row, issues);
    else if (this.issues.size > 0) this.issues.delete(row);
  }
}

export class EntityStore {
  /** Names of its tables: the entities' own, and that of their credits or genres. */
  readonly tables: readonly string[];
  private readonly own: CheckedRows;
  /** Credits or genres: of a replaced sighting some rows may be left. */
  private readonly parts: CheckedRows;
  private readonly index: EntityIndex;
  // The best sighting of each entity, by the number of its own row, and where its rows of the table of parts are.
  private readonly readSeqs: Column;
  private readonly positions: Column;
  private readonly fulls: Column;
  private readonly firstParts: Column;
  private readonly partCounts: Column;

  constructor(own: TableSpec, parts: TableSpec, texts: Texts, issuesOf: (made: MadeRow) => RowIssue[]) {
    this.tables = [own.name, parts.name];
    this.own = new CheckedRows(own, texts, issuesOf);
    this.parts = new CheckedRows(parts, texts, issuesOf);
    const { columns } = this.own.store;
    this.index = new EntityIndex(columns[own.columns.findIndex(({ name }) => name === own.key[0])]!.column);
    this.readSeqs = new Column("bigint", texts);
    this.positions = new Column("bigint", texts);
    this.fulls = new Column("boolean", texts);
    this.firstParts = new Column("int", texts);
    this.partCounts = new Column("int", texts);
  }

  /** Returns the id of an entity if it has one and this sighting is the best so far. */
  idIfBest(described: Json, sighting: Sighting): string | undefined {
    const key = id(described.id);
    if (key === null) return undefined;
    const known = this.index.find(key);
    return known !== undefined && !this.isBetter(sighting, known) ? undefined : key;
  }

  /** Keeps the rows of a sighting in place of those of the one before. */
  keep(key: string, { provenance, position, full }: Sighting, own: MadeRow, parts: MadeRow[]): void {
    const known = this.index.find(key);
    const row = known ?? this.own.store.size;
    const isRoom = known !== undefined && parts.length <= this.partCounts.at(known);
    const firstPart = isRoom ? this.firstParts.at(known) : this.parts.store.size;
    for (let index = 0; index < parts.length; index += 1) this.parts.put(parts[index]!, firstPart + index);
    this.own.put(own, row);
    if (known === undefined) this.index.add(row);
    this.readSeqs.setHeld(row, provenance.read_seq);
    this.positions.setHeld(row, position);
    this.fulls.setHeld(row, full ? 1 : 0);
    this.firstParts.setHeld(row, firstPart);
    this.partCounts.setHeld(row, parts.length);
  }

  /** Returns the rows of one of its tables. */
  rowsOf(table: string): EntityRows {
    return table === this.tables[0] ? this.ownRows() : this.partRows();
  }

  private ownRows(): EntityRows {
    const { store, issues } = this.own;
    return { store, issues, numbers: numbersBelow(store.size) };
  }

  private partRows(): EntityRows {
    const { store, issues } = this.parts;
    const numbers = new Uint32Array(store.size);
    let count = 0;
    for (let row = 0; row < this.own.store.size; row += 1) {
      const first = this.firstParts.at(row);
      for (let part = 0; part < this.partCounts.at(row); part += 1, count += 1) numbers[count] = first + part;
    }
    return { store, issues, numbers: numbers.subarray(0, count) };
  }

  /**
   * Returns whether a sighting replaces the known one. A full description wins over a part of something else, which lacks
   * details; then the greater read_seq, and within a read the first position.
   */
  private isBetter({ provenance, position, full }: Sighting, known: number): boolean {
    const knownFull = this.fulls.at(known) === 1;
    if (full !== knownFull) return full;
    const newer = provenance.read_seq - this.readSeqs.at(known);
    return newer > 0 || (newer === 0 && position < this.positions.at(known));
  }
}
