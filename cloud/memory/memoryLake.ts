import * as fs from "node:fs";
import * as path from "node:path";
import { buildRows } from "../../handlers/transform/build";
import { parseRawKey } from "../../handlers/raw/format";
import { rawReader } from "../../handlers/raw/reader";
import type { Lake } from "../lake/lake";
import { tables, type ColumnType } from "../../schemas";
import { monthOf } from "../../handlers/transform/targets";
import { partitionKey } from "../../schemas/spec";
import type { Store } from "../../handlers/shared/store";
import type { StoredObject } from "./memoryStore";

/** How a cell stands in JSON, and what makes a value of it. */
const jsonTypes: Record<ColumnType, [string, (name: string) => string]> = {
  string: ["varchar", (name) => name],
  int: ["integer", (name) => name],
  bigint: ["bigint", (name) => name],
  double: ["double", (name) => name],
  boolean: ["boolean", (name) => name],
  timestamp: ["bigint", (name) => `make_timestamp(${name} * 1000)`],
  date: ["varchar", (name) => `cast(${name} as date)`],
};

/** Puts what transform makes of a bucket's raw objects into the tables of a lake, by files in `dir`. */
export async function fillLake(
  lake: Lake,
  store: Store & { objects: ReadonlyMap<string, StoredObject> },
  dir: string,
): Promise<void> {
  const keys = [...store.objects.keys()].filter((key) => key.startsWith("raw/")).sort();
  const lines = new Map<string, string[]>(tables.map(({ name }) => [name, []]));
  for (const prefix of new Set(keys.map((key) => key.slice(0, key.lastIndexOf("/"))))) {
    const own = keys.filter((key) => key.startsWith(`${prefix}/`));
    const streamDay = parseRawKey(own[0]!)!;
    const { rows } = await buildRows(streamDay, own, rawReader(store));
    for (const [name, some] of Object.entries(rows))
      lines
        .get(name)!
        .push(...some.map((row) => JSON.stringify({ ...row, [partitionKey.name]: monthOf(streamDay.day) })));
  }
  for (const { name, columns: own } of tables) {
    const columns = [...own, { name: partitionKey.name, type: partitionKey.type }];
    const file = path.join(dir, `${name}.json`);
    fs.writeFileSync(
      file,
      lines
        .get(name)!
        .map((line) => `${line}\n`)
        .join(""),
    );
    const types = columns.map((column) => `"${column.name}": '${jsonTypes[column.type][0]}'`);
    const values = columns.map(
      (column) => `${jsonTypes[column.type][1](`"${column.name}"`)} as "${column.name}"`,
    );
    await lake.query(
      `create or replace view ${name} as select ${values.join(", ")} from read_json('${file}', format = 'newline_delimited', columns = {${types.join(", ")}})`,
    );
  }
}
