import { expect } from "chai";
import * as fc from "fast-check";
import { tables } from "../../schemas";
import { changesBetween, isFree, sentenceOf, type BreakingChange, type Change } from "../../schemas/changes";
import { optional, required, type Column, type TableSpec } from "../../schemas/spec";

const things = (...columns: Column[]): TableSpec => ({
  name: "things",
  grain: "A thing.",
  key: ["a"],
  dedupe: "",
  columns,
});
const [a, b, c] = [required("a", "int", ""), optional("b", "string", ""), optional("c", "bigint", "")];
const before = things(a, b, c);
const changes = (after: TableSpec[], generation = 1) =>
  changesBetween({ generation: 1, tables: [before] }, { generation, tables: after });

describe("changesBetween", () => {
  const cases: [string, TableSpec[], Change["code"][]][] = [
    ["nothing", [before], []],
    ["a new meaning", [{ ...before, grain: "Another." }], []],
    ["a column at the end", [things(a, b, c, optional("d", "date", ""))], ["column_added"]],
    ["a required column at the end", [things(a, b, c, required("d", "int", ""))], ["column_added_required"]],
    ["a column between others", [things(a, optional("d", "int", ""), b, c)], ["column_inserted"]],
    ["a table", [before, { ...before, name: "more" }], ["table_added"]],
    ["a column that may be NULL now", [things({ ...a, nullable: true }, b, c)], ["column_relaxed"]],
    ["a column less", [things(a, b)], ["column_removed"]],
    ["a column less in the middle", [things(a, c)], ["column_removed"]],
    ["another name", [things(a, { ...b, name: "x" }, c)], ["column_renamed"]],
    ["another type", [things(a, { ...b, type: "date" }, c)], ["column_retyped"]],
    ["two columns in each other's place", [things(a, c, b)], ["column_moved"]],
    ["a column that must not be NULL now", [things(a, { ...b, nullable: false }, c)], ["column_required"]],
    ["another key", [{ ...before, key: ["a", "b"] }], ["key_changed"]],
    ["no table", [], ["table_removed"]],
  ];
  for (const [what, after, codes] of cases) {
    it(`${what}: ${codes.join(", ") || "no change"}`, () => {
      expect(changes(after).map(({ code }) => code)).to.deep.equal(codes);
    });
  }

  it("knows a lowered generation", () => {
    expect(changes([before], 0)[0]).to.deep.equal({ code: "generation_lowered", from: 1, to: 0 });
  });

  it("takes exactly the nullable columns at the end for free, whatever the table", () => {
    const column = fc.record({
      name: fc.constantFrom("k", "l", "m", "n", "o", "p"),
      type: fc.constantFrom("string", "int", "date" as const),
      nullable: fc.boolean(),
      meaning: fc.constant(""),
    }) as fc.Arbitrary<Column>;
    const columns = fc.uniqueArray(column, { selector: ({ name }) => name, minLength: 1 });
    fc.assert(
      fc.property(columns, columns, (was, is) => {
        const found = changesBetween(
          { generation: 1, tables: [things(...was)] },
          { generation: 1, tables: [things(...is)] },
        );
        const fits =
          was.every(({ name, type, nullable }, at) => {
            const now = is[at];
            return now?.name === name && now.type === type && (!nullable || now.nullable);
          }) && is.slice(was.length).every(({ nullable }) => nullable);
        expect(found.every(isFree)).to.equal(fits);
      }),
    );
  });

  it("says of each refused change, in one sentence, which table and column and what to do", () => {
    const breaking = cases.flatMap(([, after]) => changes(after)).filter((one) => !isFree(one));
    expect(breaking).to.have.length(10);
    for (const change of breaking as BreakingChange[]) {
      const sentence = sentenceOf(change);
      expect(sentence).to.match(/\bthings\b.*: .*, or raise generation in schemas\/index\.ts.*\.$/);
      if ("column" in change) expect(sentence).to.include(`Column ${change.column} of table things`);
    }
  });

  it("finds nothing between the specs and themselves", () => {
    expect(changesBetween({ generation: 1, tables }, { generation: 1, tables })).to.deep.equal([]);
  });
});
