import { expect } from "chai";
import fc from "fast-check";
import { id, makeRow, releaseDate } from "../../../../handlers/transform/rows/cells";
import { headerDate, instant } from "../../../../handlers/raw/json";
import { optional, required, type ColumnType, type TableSpec } from "../../../../schemas/spec";

/** The cell that a column of this type makes of a value. */
function cell(type: ColumnType, value: unknown): unknown {
  const table: TableSpec = { name: "t", grain: "", key: [], dedupe: "", columns: [optional("c", type, "")] };
  return makeRow(table, {}, { c: value }).row!.c;
}

describe("makeRow", () => {
  const table: TableSpec = {
    name: "t",
    grain: "",
    key: ["a"],
    dedupe: "",
    columns: [required("a", "int", ""), optional("b", "string", "")],
  };

  it("has the columns of the spec, in their order, and no others", () => {
    const { row } = makeRow(table, {}, { c: 1, b: "x", a: 2 });
    expect(Object.entries(row!)).to.deep.equal([
      ["a", 2],
      ["b", "x"],
    ]);
  });

  it("takes what the values say nothing of from what is common", () => {
    expect(makeRow(table, { a: 1, b: "x" }, { b: "y" }).row).to.deep.equal({ a: 1, b: "y" });
    expect(makeRow(table, { a: 1, b: "x" }, { b: null }).row).to.deep.equal({ a: 1, b: null });
  });

  it("makes NULL of what is absent or of another type", () => {
    expect(makeRow(table, {}, { a: 1 }).row).to.deep.equal({ a: 1, b: null });
    expect(makeRow(table, {}, { a: 1, b: 7 }).row).to.deep.equal({ a: 1, b: null });
  });

  it("reports what a cell could not take, and has all cells of a row that lacks one", () => {
    const { row, cells, issues } = makeRow(table, {}, { a: "1", b: 7 });
    expect([row, cells]).to.deep.equal([undefined, { a: null, b: null }]);
    expect(issues.map(({ rule, column, value }) => [rule, column.name, value])).to.deep.equal([
      ["not_null", "a", "1"],
      ["type", "b", 7],
    ]);
    expect(makeRow(table, {}, { a: 1, b: null }).issues).to.deep.equal([]);
  });

  it("makes no row without a required column", () => {
    expect(makeRow(table, {}, { a: "1", b: "x" }).row).to.equal(undefined);
  });

  for (const [type, value, expected] of [
    ["int", 2147483647, 2147483647],
    ["int", 2147483648, null],
    ["int", -2147483648, -2147483648],
    ["int", -2147483649, null],
    ["int", 1.5, null],
    ["int", "1", null],
    ["int", true, null],
    ["bigint", 2 ** 53 - 1, 2 ** 53 - 1],
    ["bigint", 2 ** 53, null],
    ["double", 0.05, 0.05],
    ["double", -3, -3],
    ["double", NaN, null],
    ["double", Infinity, null],
    ["double", "0.5", null],
    ["boolean", false, false],
    ["boolean", 0, null],
    ["boolean", "true", null],
    ["timestamp", 0, null],
    ["timestamp", 1, 1],
    ["timestamp", Date.UTC(9999, 11, 31), Date.UTC(9999, 11, 31)],
    ["timestamp", 253402300800000, null],
    ["timestamp", "2026-01-01T00:00:00Z", null],
    ["date", "2024-02-29", "2024-02-29"],
    ["date", "2023-02-29", null],
    ["date", "2023-2-9", null],
    ["date", "2000-02-29", "2000-02-29"],
    ["date", "1900-02-29", null],
    ["date", "0000-02-29", "0000-02-29"],
    ["date", "2026-04-31", null],
    ["date", "2026-00-10", null],
    ["date", "2026-13-01", null],
    ["date", "2026-01-00", null],
    ["string", "", ""],
    ["string", "a\u0000b\tc\nd\re\u001ff\u007fg", "a b c d e f g"],
    ["string", "a\u0085b\u2028c\u2029d", "a\u0085b\u2028c\u2029d"],
    ["string", "\\N", "\\\\N"],
    ["string", "\\\\N", "\\\\N"],
    ["string", "a\\N", "a\\N"],
    ["string", "C:\\new\\", "C:\\new\\"],
    ["string", '"Heroes"', '"Heroes"'],
    ["string", "\ud800x\udc00", "\ufffdx\ufffd"],
    ["string", "\ud83d\ude00", "\ud83d\ude00"],
    ["string", 5, null],
    ["string", { toString: "x" }, null],
  ] as const) {
    it(`${type}: ${JSON.stringify(value)} is ${JSON.stringify(expected)}`, () => {
      expect(cell(type, value)).to.equal(expected);
    });
  }

  it("keeps text that any JSON can hold on one line and in UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const made = cell("string", value) as string;
        expect(made).to.not.match(/[\u0000-\u001f\u007f]/);
        expect(Buffer.from(made, "utf8").toString("utf8")).to.equal(made);
        expect(made).to.not.equal("\\N");
      }),
    );
  });
});

describe("instant", () => {
  for (const [value, expected] of [
    ["2026-03-04T05:06:07Z", Date.UTC(2026, 2, 4, 5, 6, 7)],
    ["2026-03-04T05:06:07.089Z", Date.UTC(2026, 2, 4, 5, 6, 7, 89)],
    ["2026-03-04T05:06:07+02:00", Date.UTC(2026, 2, 4, 3, 6, 7)],
    ["1970-01-01T00:00:00Z", null],
    ["2026-13-04T05:06:07Z", null],
    ["2026-03-04 05:06:07", null],
    ["2026-03-04", null],
    ["1", null],
    ["", null],
    [1772600767000, null],
    [null, null],
    [undefined, null],
  ] as const) {
    it(`${JSON.stringify(value)} is ${expected}`, () => expect(instant(value)).to.equal(expected));
  }
});

describe("headerDate", () => {
  for (const [value, expected] of [
    ["Wed, 04 Mar 2026 05:06:07 GMT", Date.UTC(2026, 2, 4, 5, 6, 7)],
    ["Thu, 01 Jan 1970 00:00:00 GMT", null],
    ["2026-03-04T05:06:07Z", null],
    ["", null],
    [undefined, null],
  ] as const) {
    it(`${JSON.stringify(value)} is ${expected}`, () => expect(headerDate(value)).to.equal(expected));
  }
});

describe("releaseDate", () => {
  for (const [value, year, releaseDay] of [
    ["1971", 1971, "1971-01-01"],
    ["1981-12", 1981, "1981-12-01"],
    ["1981-12-15", 1981, "1981-12-15"],
    ["2024-02-29", 2024, "2024-02-29"],
    ["2023-02-29", 2023, null],
    ["1981-00-00", 1981, null],
    ["1981-13", 1981, null],
    ["0000", null, null],
    ["0000-00-00", null, null],
    ["0001-01-01", null, null],
    ["71", null, null],
    ["", null, null],
    ["1981-12-15T00:00:00Z", null, null],
    [1981, null, null],
    [null, null, null],
    [undefined, null, null],
  ] as const) {
    it(`${JSON.stringify(value)} means ${year}, ${releaseDay}`, () => {
      expect(releaseDate(value)).to.deep.equal({ year, day: releaseDay });
    });
  }
});

describe("id", () => {
  it("takes null, empty and odd values for none", () => {
    expect([id("x"), id(""), id(null), id(undefined), id(7), id({})]).to.deep.equal([
      "x",
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
