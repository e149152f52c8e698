import * as path from "node:path";
import {
  DuckDBInstance,
  StatementType,
  type DuckDBConnection,
  type DuckDBResult,
  type Json,
} from "@duckdb/node-api";
import { UserError } from "../errors";
import { catalogEntries } from "./catalog";
import { exactNumber, intervalText, kindOf, type Answer } from "./cells";
import type { Manifest } from "./manifest";
import { missingTable, Opener } from "./opener";
import { identifier } from "./tableSql";

export type { Answer } from "./cells";

/** An answer whose columns tell their types; each row has a cell for each column. */
export interface TypedAnswer {
  columns: { name: string; type: string }[];
  rows: Json[][];
}

/** Some rows of an answer, and how many it has. */
export interface Sample {
  answer: Answer;
  count: number;
}

/** How much of an answer is kept. */
export interface AnswerLimits {
  rows: number;
  /** Of its JSON. */
  characters: number;
}

/** What a locked lake may use: no disk, no extension that is not part of the engine. */
const lockedOptions = {
  ...{ memory_limit: "512MB", threads: "2", temp_directory: "", max_temp_directory_size: "0B" },
  ...{ autoinstall_known_extensions: "false", autoload_known_extensions: "false" },
  ...{ allow_community_extensions: "false", allow_persistent_secrets: "false" },
};

/** Leaves only the files of a folder within reach, for good: https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview */
function lockSql(folder: string): string {
  const directory = `${path.resolve(folder)}${path.sep}`.replaceAll("'", "''");
  return `set allowed_directories = ['${directory}']; set enable_external_access = false; set lock_configuration = true`;
}

/** Integer division and UTC as on Athena; docs/decisions.md lists where the two engines differ. */
const settings = "set integer_division = true; set timezone = 'UTC'";

/** What a statement has that reads the names of tables: all of them are opened for it. */
const readsNames =
  /\bshow\s+(all\s+)?tables\b|^\s*(show|describe)\s*;?\s*$|\b(pragma|information_schema|(pg|sqlite|duckdb)_\w+)\b/i;

/**
 * The lake of a local cloud, read by DuckDB as Athena would: registered partitions only, tables and views by name. A
 * table or view is opened when a statement first names it.
 */
export class Lake {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly opener: Opener,
    private readonly database: string,
  ) {}

  /**
   * Opens the lake of the local cloud in `dir`. The data is read at each query, never copied; the list of a table's files
   * is made when it is first named. Earlier generations are there under their database's name, as on Athena:
   * `select … from spotify_data_pipeline_local.current_tracks`. With `keepsViews` a view's rows are computed once and kept
   * in memory: for many questions in a row, which then all see the same data. With `isLocked` statements reach no file but those of the
   * buckets, no network and no extension, and little memory; nothing but a SELECT is for {@link limited} to run.
   */
  static async open(
    manifest: Manifest,
    dir: string,
    { keepsViews = false, isLocked = false } = {},
  ): Promise<Lake> {
    const instance = await DuckDBInstance.create(":memory:", isLocked ? lockedOptions : {});
    // Two, so that the schema of the first is the caller's.
    const [connection, second] = [await instance.connect(), await instance.connect()];
    const entries = catalogEntries(manifest, dir);
    const { database } = manifest;
    const databases = new Set([database, ...entries.map((entry) => entry.database)]);
    await second.run(settings);
    for (const name of databases) await second.run(`create schema ${identifier(name)}`);
    await connection.run(`${settings}; set schema = '${database}'`);
    if (isLocked) await second.run(lockSql(path.join(dir, "s3")));
    return new Lake(instance, connection, new Opener(second, entries, keepsViews), database);
  }

  /** Runs one statement; throws a `UserError` with the engine's sentence if it cannot. */
  async query(sql: string): Promise<Answer> {
    const { columns, rows } = await this.typedQuery(sql);
    return answerOf(columns, rows);
  }

  /** As {@link query}, with the columns' types as DuckDB names them, and wide numbers as text. */
  typedQuery(sql: string): Promise<TypedAnswer> {
    return this.run(sql, async () => {
      const reader = await this.connection.runAndReadAll(sql);
      const types = reader.columnTypes();
      return {
        columns: reader.columnNames().map((name, at) => ({ name, type: String(types[at]) })),
        rows: reader.getRowsJson(),
      };
    });
  }

  /** As {@link query}, but holds only the rows that are kept, the first or the last ones, and counts the others. */
  sample(sql: string, most: number, which: "first" | "last" = "first"): Promise<Sample> {
    return this.run(sql, async () => {
      const result = await this.connection.stream(sql);
      const types = result.columnTypes();
      const columns = result.columnNames().map((name, at) => ({ name, type: String(types[at]) }));
      let [count, kept]: [number, Json[][]] = [0, []];
      for await (const rows of result.yieldRowsJson()) {
        count += rows.length;
        if (which === "last") kept = [...kept, ...rows].slice(-most);
        else if (kept.length < most) kept.push(...rows.slice(0, most - kept.length));
      }
      return { answer: answerOf(columns, kept), count };
    });
  }

  /**
   * As {@link query}, for statements of strangers: one SELECT, of whose answer the first rows are kept, up to `rows` and
   * about `characters`. `isCut` says whether there are more. Throws a `UserError` for any other statement.
   */
  limited(sql: string, { rows, characters }: AnswerLimits): Promise<{ answer: Answer; isCut: boolean }> {
    return this.run(sql, async () => {
      const statements = await this.connection.extractStatements(sql);
      if (statements.count !== 1) throw new Error("Give one statement at a time.");
      const prepared = await statements.prepare(0);
      try {
        if (prepared.statementType !== StatementType.SELECT)
          throw new Error("Only a query that reads (SELECT, SHOW, DESCRIBE) is allowed here.");
        return await firstRows(await prepared.stream(), rows, characters);
      } finally {
        prepared.destroySync();
      }
    });
  }

  /** Returns how many rows a query has. */
  async count(sql: string): Promise<number> {
    const { rows } = await this.typedQuery(`select count(*) from (\n${sql}\n)`);
    return Number(rows[0]![0]);
  }

  /** The tables and views that are open, as `database.name`. */
  get openNames(): string[] {
    return this.opener.openNames;
  }

  /** Ends the statement that is running, which then fails. */
  interrupt(): void {
    this.connection.interrupt();
  }

  close(): void {
    this.opener.close();
    this.connection.closeSync();
    this.instance.closeSync();
  }

  /** Opens what a statement names and returns what `use` makes of it. */
  private async run<T>(sql: string, use: () => Promise<T>): Promise<T> {
    try {
      if (readsNames.test(sql)) await this.opener.openAll();
      return await this.opener.opening({ sql, database: this.database }, use);
    } catch (error) {
      throw new UserError(`The query failed: ${engineSentence(error as Error)}`);
    }
  }
}

/** Reads an answer until a limit is reached. */
async function firstRows(
  result: DuckDBResult,
  most: number,
  characters: number,
): Promise<{ answer: Answer; isCut: boolean }> {
  const types = result.columnTypes();
  const columns = result.columnNames().map((name, at) => ({ name, type: String(types[at]) }));
  const kept: Json[][] = [];
  let size = 0;
  for await (const rows of result.yieldRowsJson())
    for (const row of rows) {
      size += JSON.stringify(row).length;
      if (kept.length === most || size > characters) return { answer: answerOf(columns, kept), isCut: true };
      kept.push(row);
    }
  return { answer: answerOf(columns, kept), isCut: false };
}

function cell(value: Json, type: string): Json {
  if (value === null) return null;
  if (type === "INTERVAL") return intervalText(value as Record<string, Json>);
  return typeof value === "string" && kindOf(type) === "number" ? exactNumber(value) : value;
}

function answerOf(columns: TypedAnswer["columns"], rows: Json[][]): Answer {
  return {
    columns: columns.map(({ name }) => name),
    kinds: columns.map(({ type }) => kindOf(type)),
    rows: rows.map((row) =>
      Object.fromEntries(row.map((value, at) => [columns[at]!.name, cell(value, columns[at]!.type)])),
    ),
  };
}

/** Returns what DuckDB says, without the name that it suggests for a missing table: it knows only those that are open. */
function engineSentence({ message }: Error): string {
  return missingTable(message) === "" ? message.trim() : message.replace(/\nDid you mean .*/, "").trim();
}
