import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { namedQueries, renderQuery } from "../../infra/sql";
import { Lake } from "../../cloud/lake/lake";
import { tables, type Column, type Row } from "../../schemas";
import { partitionKey } from "../../schemas/spec";
import { sourceManifest } from "../../cloud/memory/sourceManifest";
import { oneThread } from "./oneThread";

/** A lake in memory whose rows tests give, with all views and named queries. */
export class Answers {
  private constructor(
    readonly lake: Lake,
    /** A folder of its own. */
    readonly dir: string,
    private readonly timezone: string,
  ) {}

  /** Opens an empty lake of a stack whose setting `timezone` is this. */
  static async open(timezone = "UTC"): Promise<Answers> {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "lake-"));
    const lake = await Lake.open(sourceManifest("parquet", timezone), dir);
    await oneThread(lake);
    return new Answers(lake, dir, timezone);
  }

  close(): void {
    this.lake.close();
    fs.rmSync(this.dir, { recursive: true });
  }

  /**
   * Gives a table its rows; a column that a row lacks is NULL. `snapshot_month` may be among them, else it follows from
   * the row's day or its times.
   */
  async setRows(name: string, rows: Row[]): Promise<void> {
    if (rows.length === 0) return;
    const { columns } = tables.find((table) => table.name === name)!;
    const all: Column[] = [...columns, { ...partitionKey, nullable: false }];
    const selects = rows.map(
      (row) => `select ${all.map((column) => cellSql(column, inItsMonth(row))).join(", ")}`,
    );
    await this.lake.query(`create or replace table given_${name} as ${selects.join(" union all ")}`);
    await this.lake.query(`create or replace view ${name} as select * from given_${name}`);
  }

  /** Computes a view once: its rows are as they are now. */
  async keep(view: string): Promise<void> {
    await this.lake.query(`create table kept_${view} as select * from ${view}`);
    await this.lake.query(`create or replace view ${view} as select * from kept_${view}`);
  }

  /** Returns the rows that a statement answers with. */
  async values(sql: string): Promise<unknown[][]> {
    const { columns, rows } = await this.lake.query(sql);
    return rows.map((row) => columns.map((column) => row[column]));
  }

  /** Returns the rows of a named query, its parameters being `values` or their defaults. */
  async answer(name: string, values: Record<string, string> = {}): Promise<unknown[][]> {
    const query = namedQueries(this.timezone).find((named) => named.name === name)!;
    return this.values(renderQuery(query, values));
  }
}

/** Returns the row with a `snapshot_month`, if it says when it is from. */
function inItsMonth(row: Row): Row {
  const at = row.snapshot_date ?? row.fetched_at ?? row.played_at ?? null;
  const month = typeof at === "number" ? new Date(at).toISOString().slice(0, 7) : String(at).slice(0, 7);
  return { [partitionKey.name]: at === null ? null : month, ...row };
}

/** A cell as SQL; DuckDB knows Glue's names of types. */
function cellSql({ name, type }: Column, row: Row): string {
  const cell = row[name] ?? null;
  const literal = typeof cell === "string" ? `'${cell.replace(/'/g, "''")}'` : String(cell);
  const value = type === "timestamp" && cell !== null ? `epoch_ms(${literal})` : literal;
  return `cast(${value} as ${type}) as ${name}`;
}
