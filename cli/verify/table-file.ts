/** Reading table files back, the way transform writes them. */
import { gunzipSync } from "node:zlib";
import type { Cell, ColumnType, Row, TableSpec } from "../../schemas";
import type { TableFormat } from "../../schemas/formats";

/** The rows of a table file; throws an `Error` if it is cut, no such file or of other columns. */
export async function rowsIn(bytes: Buffer, table: TableSpec, format: TableFormat): Promise<Row[]> {
  return format === "csv" ? csvRows(gunzipSync(bytes).toString("utf8"), table) : parquetRows(bytes, table);
}

function csvRows(text: string, { columns }: TableSpec): Row[] {
  const [head, ...lines] = text.split("\n");
  if (head !== columns.map(({ name }) => name).join("\t") || lines.pop() !== "")
    throw new Error("its columns are others, or its last line is cut");
  return lines.map((line) => {
    const fields = line.split("\t");
    if (fields.length !== columns.length) throw new Error(`a line has ${fields.length} fields`);
    return Object.fromEntries(columns.map(({ name, type }, at) => [name, csvCell(type, fields[at]!)]));
  });
}

function csvCell(type: ColumnType, field: string): Cell {
  if (field === "\\N") return null;
  if (type === "string" || type === "date") return field;
  if (type === "boolean") return field === "true";
  return type === "timestamp" ? Date.parse(`${field.replace(" ", "T")}Z`) : Number(field);
}

async function parquetRows(bytes: Buffer, { columns }: TableSpec): Promise<Row[]> {
  const { parquetReadObjects } = await import("hyparquet");
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const rows = await parquetReadObjects({ file, columns: columns.map(({ name }) => name) });
  return rows.map((row) =>
    Object.fromEntries(columns.map(({ name, type }) => [name, parquetCell(type, row[name])])),
  );
}

function parquetCell(type: ColumnType, value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return type === "date" ? value.toISOString().slice(0, 10) : value.getTime();
  return typeof value === "bigint" ? Number(value) : (value as Cell);
}
