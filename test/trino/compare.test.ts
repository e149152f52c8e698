import { expect } from "chai";
import { difference, type Terms, type TypedAnswer } from "./compare";

describe("comparing answers of Trino and DuckDB", () => {
  const answer = (types: string[], ...rows: unknown[][]): TypedAnswer => ({
    columns: types.map((type, at) => ({ name: "abc"[at]!, type })),
    rows,
  });
  const compare = (trino: TypedAnswer, duck: TypedAnswer, terms: Partial<Terms> = {}) => {
    const declared = trino.columns.map(({ type }) => type.replace(/\(6\)/, ""));
    return difference(trino, duck, { ordered: true, declared, ...terms });
  };
  const bigints = (...values: unknown[]) => answer(["bigint"], ...values.map((value) => [value]));
  const duckBigints = (...values: unknown[]) => answer(["BIGINT"], ...values.map((value) => [value]));

  it("finds equal what differs in spelling alone", () => {
    const trino = answer(
      ["varchar(6)", "timestamp(3)", "double"],
      ["a", "2026-03-01 12:00:00.500", 0.1 + 0.2],
    );
    const duck = answer(["VARCHAR", "TIMESTAMP", "DOUBLE"], ["a", "2026-03-01 12:00:00.5", 0.3]);
    expect(compare(trino, duck)).to.equal(undefined);
  });

  it("compares types that no head declares with each other alone", () => {
    expect(compare(bigints(1), duckBigints(1), { declared: undefined })).to.equal(undefined);
    expect(compare(bigints(1), answer(["VARCHAR"], [1]), { declared: undefined })).to.equal(
      "a is bigint on Trino, VARCHAR on DuckDB",
    );
  });

  it("tells the first cell that differs", () => {
    expect(compare(bigints(1, 2), duckBigints(1, 3))).to.match(/^row 2, a: Trino has 2, DuckDB 3/);
    expect(compare(bigints(null), duckBigints(0))).to.match(/^row 1, a: Trino has null, DuckDB 0/);
  });

  it("tells another order of rows only where the order counts", () => {
    expect(compare(bigints(1, 2), duckBigints(2, 1))).to.match(/^row 1, a/);
    expect(compare(bigints(1, 2), duckBigints(2, 1), { ordered: false })).to.equal(undefined);
    expect(compare(bigints(1, 1, 2), duckBigints(1, 2, 2), { ordered: false })).to.match(
      /^row 2 when sorted/,
    );
  });

  it("tells a missing row, another column and another type", () => {
    expect(compare(bigints(1), duckBigints(1, 2))).to.equal("Trino has 1 rows, DuckDB 2");
    expect(compare(bigints(1), answer([], []))).to.equal("columns: Trino has a; DuckDB has ");
    expect(compare(bigints(1), answer(["INTEGER"], [1]))).to.equal("a is bigint on Trino, INTEGER on DuckDB");
    expect(compare(bigints(1), duckBigints(1), { declared: ["integer"] })).to.equal(
      "a is bigint on Trino, declared as integer",
    );
  });
});
