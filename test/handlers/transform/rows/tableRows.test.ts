import { expect } from "chai";
import fc from "fast-check";
import { RowStore } from "../../../../handlers/transform/rows/rowStore";
import { rowOf, TableRows } from "../../../../handlers/transform/rows/tableRows";
import { Texts } from "../../../../handlers/transform/rows/texts";
import type { Cell, Row } from "../../../../schemas";
import { optional, required, type TableSpec } from "../../../../schemas/spec";

const table: TableSpec = {
  name: "things",
  grain: "",
  key: ["name", "at"],
  dedupe: "",
  columns: [
    required("name", "string", ""),
    required("at", "timestamp", ""),
    required("read_seq", "bigint", ""),
    optional("count", "int", ""),
    optional("share", "double", ""),
    optional("is_new", "boolean", ""),
    optional("day", "date", ""),
  ],
};

/** Rows whose keys often repeat. */
const anyRow: fc.Arbitrary<Cell[]> = fc.tuple(
  fc.oneof(fc.constantFrom("", "a", "b", "Zürich", "z\uffee", "z😀"), fc.string()),
  fc.integer({ min: 1, max: 3 }),
  fc.oneof(fc.integer({ min: 1, max: 3 }), fc.maxSafeInteger()),
  fc.option(fc.integer()),
  fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).filter((share) => !Object.is(share, -0))),
  fc.option(fc.boolean()),
  fc.option(fc.constantFrom("2026-03-04", "1981-12-01")),
);

function storeOf(rows: Cell[][]): RowStore {
  const store = new RowStore(table);
  for (const cells of rows) store.add(cells);
  return store;
}

/** Compares by name, at and read_seq, as `<` does. */
function compare(left: Row, right: Row): number {
  for (const column of ["name", "at", "read_seq"])
    if (left[column] !== right[column]) return left[column]! < right[column]! ? -1 : 1;
  return 0;
}

describe("TableRows", () => {
  const property = (check: (rows: Cell[][]) => void) =>
    fc.assert(fc.property(fc.array(anyRow, { maxLength: 200 }), check), { numRuns: 200 });

  it("gives back what was added, in the order of the columns", () => {
    property((rows) => {
      const plain = rows.map((cells) => rowOf(table, cells));
      const held = TableRows.of(table, plain);
      expect(held.length).to.equal(plain.length);
      expect([...held]).to.deep.equal(plain);
      for (const { name } of table.columns) {
        const read = held.reader(name);
        expect(plain.map((_, at) => read(at))).to.deep.equal(plain.map((row) => row[name]));
      }
    });
  });

  it("is sorted as plain rows are: by key, then read_seq, and else as they came", () => {
    property((rows) => {
      const plain = rows.map((cells) => rowOf(table, cells));
      expect([...TableRows.sorted(storeOf(rows))]).to.deep.equal([...plain].sort(compare));
    });
  });

  it("has one row per key once it is unique, the first", () => {
    property((rows) => {
      const sorted = rows.map((cells) => rowOf(table, cells)).sort(compare);
      const keys = sorted.map(({ name, at }) => JSON.stringify([name, at]));
      const first = sorted.filter((_, index) => keys.indexOf(keys[index]!) === index);
      expect([...TableRows.sorted(storeOf(rows)).unique()]).to.deep.equal(first);
    });
  });

  it("holds the rows that were named, and what replaced one", () => {
    property((rows) => {
      const store = storeOf(rows);
      if (rows.length > 0) store.set(0, ["replaced", 1, 1, null, null, null, null]);
      const numbers = Uint32Array.from(rows.keys()).filter((row) => row % 2 === 0);
      const names = [...numbers].map((row) => (row === 0 ? "replaced" : rows[row]![0]));
      expect([...TableRows.sorted(store, numbers)].map(({ name }) => name)).to.have.members(names);
    });
  });

  it("puts NULL first", () => {
    const nullable = { ...table, key: ["count", "day"] };
    const rows = [
      { count: 1, day: "2026-03-04" },
      { count: 1, day: null },
      { count: null, day: "2026-03-04" },
      { count: -1, day: null },
    ];
    const store = new RowStore(nullable);
    for (const { count, day } of rows) store.add(["a", 1, 1, count, null, null, day]);
    const sorted = [...TableRows.sorted(store)].map(({ count, day }) => ({ count, day }));
    expect(sorted).to.deep.equal([rows[2], rows[3], rows[1], rows[0]]);
  });

  it("shares texts among tables", () => {
    const texts = new Texts();
    const stores = [new RowStore(table, texts), new RowStore(table, texts)];
    for (const store of stores) store.add(["shared", 1, 1, null, null, null, null]);
    expect(texts.numberOf("shared")).to.equal(texts.numberOf(["sha", "red"].join("")));
    expect(stores.map((store) => store.cells(0)[0])).to.deep.equal(["shared", "shared"]);
  });

  it("takes texts for equal that came apart, and have numbers of their own", () => {
    const texts = new Texts();
    const store = new RowStore(table, texts);
    const add = (name: string) => store.add([name, 1, 1, null, null, null, null]);
    add("a name");
    const known = texts.numberOf("a name");
    // Until one takes the place in which the first is found again.
    for (let other = 0; texts.numberOf("a name") === known; other += 1) texts.numberOf(`other ${other}`);
    add("b name");
    add("a name");
    const rows = TableRows.sorted(store);
    expect([...rows].map((row) => row[table.columns[0]!.name])).to.deep.equal(["a name", "a name", "b name"]);
    expect(rows.unique()).to.have.length(2);
  });

  it("gives back every text by its number", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 6 })), (given) => {
        const texts = new Texts();
        const numbers = given.map((text) => texts.numberOf(text));
        expect(numbers.map((number) => texts.at(number))).to.deep.equal(given);
      }),
      { numRuns: 50 },
    );
  });
});
