/** Types of nested data, as Hive and DuckDB write them. */
import { DuckDBTypeId, type DuckDBType } from "@duckdb/node-api";

const plain: Partial<Record<DuckDBTypeId, string>> = {
  [DuckDBTypeId.BOOLEAN]: "boolean",
  [DuckDBTypeId.BIGINT]: "bigint",
  [DuckDBTypeId.UBIGINT]: "bigint",
  [DuckDBTypeId.DOUBLE]: "double",
};

/**
 * Returns a type that DuckDB found in JSON as Hive writes it. Times, values of mixed types, and objects with keys that
 * Hive cannot name are strings.
 */
export function hiveType(type: DuckDBType): string {
  if (type.typeId === DuckDBTypeId.LIST) return `array<${hiveType(type.valueType)}>`;
  if (type.typeId === DuckDBTypeId.STRUCT && !type.entryNames.some((name) => /[:,<>]/.test(name))) {
    const fields = type.entryNames.map((name, at) => `${name}:${hiveType(type.entryTypes[at]!)}`);
    return `struct<${fields.join(",")}>`;
  }
  return plain[type.typeId] ?? "string";
}

/** Returns a type of {@link hiveType} as DuckDB writes it. Throws an Error for any other text. */
export function duckType(hive: string): string {
  const rest = { text: hive };
  const type = parse(rest);
  if (rest.text !== "") throw new Error(`"${hive}" is not a supported Hive type.`);
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
