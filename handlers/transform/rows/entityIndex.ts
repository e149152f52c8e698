/** Finds rows by their ids. A Map would keep each id as a string. */
import type { Column } from "./column";

export class EntityIndex {
  /** The number of a row and 1, in the place of its id's hash or behind it; 0 where there is none. */
  private slots = new Int32Array(1024);
  private size = 0;

  /** `ids` are the ids of the rows. */
  constructor(private readonly ids: Column) {}

  /** Returns the number of the row that has an id; undefined if there is none. */
  find(id: string): number | undefined {
    const { texts } = this.ids;
    const row = this.slots[this.slotOf(texts.numberOf(id))]! - 1;
    return row === -1 ? undefined : row;
  }

  /** Adds a row, whose id no other has. */
  add(row: number): void {
    this.size += 1;
    if (2 * this.size > this.slots.length) this.grow();
    this.slots[this.slotOf(this.ids.at(row))] = row + 1;
  }

  /** Returns the slot of an id, or the one where it belongs. */
  private slotOf(id: number): number {
    const { slots, ids } = this;
    const { texts } = ids;
    const hash = texts.hashOf(id);
    let slot = (hash ^ (hash >>> 15)) & (slots.length - 1);
    while (slots[slot] !== 0 && !texts.isSame(ids.at(slots[slot]! - 1), id))
      slot = (slot + 1) & (slots.length - 1);
    return slot;
  }

  private grow(): void {
    const known = this.slots;
    this.slots = new Int32Array(2 * known.length);
    for (const held of known) if (held !== 0) this.slots[this.slotOf(this.ids.at(held - 1))] = held;
  }
}
