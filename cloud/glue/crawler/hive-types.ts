/** Types of nested data, as Hive and DuckDB spell them. */
import { DuckDBTypeId, type DuckDBType } from "@duckdb/node-api";

const plain: Partial<Record<DuckDBTypeId, string>> = {
  [DuckDBTypeId.BOOLEAN]: "boolean",
  [DuckDBTypeId.BIGINT]: "bigint",
  [DuckDBTypeId.UBIGINT]: "bigint",
  [DuckDBTypeId.DOUBLE]: "double",
};

/**
 * A type that DuckDB found in JSON, as Hive spells it: times stay text, as
 * does what is now this and now that, and an object whose keys Hive cannot name.
 */
export function hiveType(type: DuckDBType): string {
  if (type.typeId === DuckDBTypeId.LIST) return `array<${hiveType(type.valueType)}>`;
  if (type.typeId === DuckDBTypeId.STRUCT && !type.entryNames.some((name) => /[:,<>]/.test(name))) {
    const fields = type.entryNames.map((name, at) => `${name}:${hiveType(type.entryTypes[at]!)}`);
    return `struct<${fields.join(",")}>`;
  }
  return plain[type.typeId] ?? "string";
}

/** The same type as DuckDB spells it. Throws an Error for a text that is no type of {@link hiveType}'s. */
export function duckType(hive: string): string {
  const rest = { text: hive };
  const type = parse(rest);
  if (rest.text !== "") throw new Error(`"${hive}" is not a Hive type that is known here.`);
  return type;
}

/** Takes one type off the front of a text. */
function parse(rest: { text: string }): string {
  const take = (pattern: RegExp) => {
    const found = pattern.exec(rest.text)?.[0];
    if (found !== undefined) rest.text = rest.text.slice(found.length);
    return found;
  };
  if (take(/^array</)) {
    const item = parse(rest);
    take(/^>/);
    return `${item}[]`;
  }
  if (take(/^struct</)) {
    const fields: string[] = [];
    for (let name = take(/^[^:]+(?=:)/); name !== undefined; name = take(/^[^:]+(?=:)/)) {
      take(/^:/);
      fields.push(`"${name.replaceAll('"', '""')}" ${parse(rest)}`);
      if (!take(/^,/)) break;
    }
    take(/^>/);
    return `struct(${fields.join(", ")})`;
  }
  return take(/^string/) ? "varchar" : (take(/^(boolean|bigint|double)/) ?? "varchar");
}
