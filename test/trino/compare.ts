/** An answer with the types that its engine gives its columns; rows are arrays of JSON values. */
export interface TypedAnswer {
  columns: { name: string; type: string }[];
  rows: unknown[][];
}

/** Trino's types beside DuckDB's, whose sums of 64-bit integers are wider. */
const sameTypes: Record<string, string[]> = {
  varchar: ["VARCHAR"],
  integer: ["INTEGER"],
  bigint: ["BIGINT", "HUGEINT"],
  boolean: ["BOOLEAN"],
  double: ["DOUBLE"],
  date: ["DATE"],
  "timestamp(3)": ["TIMESTAMP"],
};

/** How to compare two answers. */
export interface Terms {
  /** The order of rows counts. */
  ordered: boolean;
  /** The type of each column, by its Trino name, where a head declares them. */
  declared: string[] | undefined;
}

/** The first difference between two answers, in words; undefined if they are equal. */
export function difference(trino: TypedAnswer, duck: TypedAnswer, terms: Terms): string | undefined {
  return typeDifference(trino.columns, duck.columns, terms.declared) ?? rowDifference(trino, duck, terms);
}

function typeDifference(
  trino: TypedAnswer["columns"],
  duck: TypedAnswer["columns"],
  declared: Terms["declared"],
): string | undefined {
  const names = [trino, duck].map((columns) => columns.map(({ name }) => name).join(", "));
  if (names[0] !== names[1]) return `columns: Trino has ${names[0]}; DuckDB has ${names[1]}`;
  if (declared && declared.length !== trino.length)
    return `${declared.length} columns are declared, ${trino.length} come`;
  for (const [at, { name, type: said }] of trino.entries()) {
    const type = said.replace(/^varchar\(\d+\)$/, "varchar");
    if (declared && declared[at] !== type) return `${name} is ${type} on Trino, declared as ${declared[at]}`;
    if (!sameTypes[type]?.includes(duck[at]!.type))
      return `${name} is ${type} on Trino, ${duck[at]!.type} on DuckDB`;
  }
  return undefined;
}

function rowDifference(trino: TypedAnswer, duck: TypedAnswer, { ordered }: Terms): string | undefined {
  if (trino.rows.length !== duck.rows.length)
    return `Trino has ${trino.rows.length} rows, DuckDB ${duck.rows.length}`;
  const [left, right] = [plainRows(trino, ordered), plainRows(duck, ordered)];
  for (const [row, cells] of left.entries()) {
    const at = cells.findIndex((cell, column) => !isSame(cell, right[row]![column]));
    if (at >= 0) {
      const shown = [cells[at], right[row]![at]].map((cell) => JSON.stringify(cell));
      const place = `row ${row + 1}${ordered ? "" : " when sorted"}, ${trino.columns[at]!.name}`;
      return `${place}: Trino has ${shown[0]}, DuckDB ${shown[1]} (row: ${JSON.stringify(cells).slice(0, 200)})`;
    }
  }
  return undefined;
}

function plainRows({ columns, rows }: TypedAnswer, ordered: boolean): unknown[][] {
  const isTimestamp = columns.map(({ type }) => /^timestamp/i.test(type));
  const plain = rows.map((row) => row.map((cell, at) => (isTimestamp[at] ? toMilliseconds(cell) : cell)));
  if (ordered) return plain;
  const byText = plain.map((row) => [JSON.stringify(row), row] as const);
  return byText.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
}

/** `2026-03-01 12:00:00.5` as `2026-03-01 12:00:00.500`: engines differ in the zeros they print, nothing else. */
function toMilliseconds(cell: unknown): unknown {
  if (typeof cell !== "string") return cell;
  const [seconds, fraction = ""] = cell.split(".");
  return `${seconds}.${fraction.replace(/0+$/, "").padEnd(3, "0")}`;
}

/** Doubles may differ in their last digits, since engines sum in another order. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== "number" || typeof b !== "number" || Number.isInteger(a)) return a === b;
  return Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
}
