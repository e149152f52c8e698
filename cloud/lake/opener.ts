/** Opens the tables and views of a lake when statements name them. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { entryNamed, type CatalogEntry } from "./catalog";
import { identifier } from "./tableSql";

/** A statement, and the database that its plain names mean. */
interface Place {
  sql: string;
  database: string;
}

/**
 * The tables and views of a catalog, each defined in DuckDB when a statement first names it. To define one, DuckDB lists
 * the files of all tables below it, so the order counts: views are defined on tables without files, then the tables get
 * theirs, in one transaction.
 */
export class Opener {
  private readonly opened = new Set<CatalogEntry>();
  private isClosed = false;
  /** What others have defined, by {@link keyOf}. */
  private foreign = new Set<string>();
  /** Whether Parquet files are known to lack columns that their partitions have. */
  private byName = false;
  /** The last thing that was begun; the next one waits for it. */
  private turn: Promise<unknown> = Promise.resolve();

  /**
   * @param connection a connection of its own, whose schema it changes
   * @param keepsViews a view's rows are computed once and kept in memory
   */
  constructor(
    private readonly connection: DuckDBConnection,
    private readonly entries: CatalogEntry[],
    private readonly keepsViews: boolean,
  ) {}

  /** The tables and views that are open, as `database.name`. */
  get openNames(): string[] {
    return [...this.opened].map(({ database, name }) => `${database}.${name}`);
  }

  /** Opens all. */
  openAll(): Promise<void> {
    return this.open(this.entries);
  }

  /** Opens what a statement names, then does `work`; again as long as DuckDB says that it misses a table or view. */
  async opening<T>(place: Place, work: () => Promise<T>): Promise<T> {
    await this.inTurn(async () => this.define(await this.named(place)));
    const attempt = () => this.retried(place, work, (entry) => this.open([entry]));
    try {
      return await attempt();
    } catch (error) {
      if (!(error as Error).message.includes("union_by_name")) throw error;
      await this.inTurn(() => this.readByName());
      return attempt();
    }
  }

  close(): void {
    this.isClosed = true;
    this.connection.closeSync();
  }

  private open(entries: CatalogEntry[]): Promise<void> {
    return this.inTurn(() => this.define(entries));
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.turn.then(work);
    this.turn = next.catch(() => undefined);
    return next;
  }

  /**
   * Returns the entries that a statement names and that are not open. DuckDB tells the names; none of a statement that it
   * cannot analyse without its tables.
   */
  private async named(place: Place): Promise<CatalogEntry[]> {
    // Here no name is known, so that DuckDB does not look into what is open.
    await this.connection.run("set schema = 'main'");
    // DuckDB's client for Node would end the process.
    if (this.isClosed) throw new Error("The lake was closed.");
    const names = this.connection.getTableNames(place.sql, false);
    const entries = names.map((name) => entryNamed(name, this.entries, place));
    return entries.filter((entry) => entry !== undefined && !this.opened.has(entry)) as CatalogEntry[];
  }

  /** Does what DuckDB refuses if a table or view is missing, opening those that it misses. */
  private async retried<T>(
    place: Place,
    work: () => Promise<T>,
    open: (entry: CatalogEntry) => Promise<void>,
  ): Promise<T> {
    const closed = new Set(this.entries);
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const entry = entryNamed(missingTable((error as Error).message), [...closed], place);
        if (!entry) throw error;
        closed.delete(entry);
        await open(entry);
      }
    }
  }

  /** Defines entries and what they read, all or none. */
  private async define(entries: CatalogEntry[]): Promise<void> {
    if (entries.every((entry) => this.opened.has(entry))) return;
    const before = new Set(this.opened);
    this.foreign = await this.definedByOthers();
    await this.connection.run("begin");
    try {
      const tables: CatalogEntry[] = [];
      for (const entry of entries) await this.declare(entry, tables);
      for (const table of tables) await this.create(table, "view", table.sql(this.byName));
      await this.connection.run("commit");
    } catch (error) {
      await this.connection.run("rollback");
      for (const entry of this.opened) if (!before.has(entry)) this.opened.delete(entry);
      if (this.byName) throw error;
      await this.readByName();
      await this.define(entries);
    }
  }

  /** Defines an entry unless it is open; a table without files, which is then added to `tables`. */
  private async declare(entry: CatalogEntry, tables: CatalogEntry[]): Promise<void> {
    if (this.opened.has(entry) || this.foreign.has(keyOf(entry))) return;
    this.opened.add(entry);
    if (!entry.isView) {
      // Rows that are kept are computed when a view is defined.
      if (this.keepsViews) return this.create(entry, "view", entry.sql(this.byName));
      await this.create(entry, "view", entry.emptySql());
      tables.push(entry);
      return;
    }
    const place = { sql: entry.sql(this.byName), database: entry.database };
    for (const below of await this.named(place)) await this.declare(below, tables);
    await this.retried(
      place,
      () => this.create(entry, this.keepsViews ? "table" : "view", place.sql),
      (below) => this.declare(below, tables),
    );
  }

  /** Returns the tables and views that a statement has made where those of the catalog go: they stay. */
  private async definedByOthers(): Promise<Set<string>> {
    const reader = await this.connection.runAndReadAll(
      `select schema_name, view_name from duckdb_views() where not internal
       union all select schema_name, table_name from duckdb_tables()`,
    );
    const known = new Set([...this.opened].map(keyOf));
    const keys = reader
      .getRows()
      .map(([database, name]) => keyOf({ database: String(database), name: String(name) }));
    return new Set(keys.filter((key) => !known.has(key)));
  }

  /** Defines the tables that are open again, so that their files may have different columns. */
  private async readByName(): Promise<void> {
    if (this.byName) return;
    this.byName = true;
    for (const entry of this.opened) if (!entry.isView) await this.create(entry, "view", entry.sql(true));
  }

  private async create({ database, name }: CatalogEntry, kind: "table" | "view", sql: string): Promise<void> {
    await this.connection.run(
      `set schema = '${database}'; create or replace ${kind} ${identifier(name)} as ${sql}`,
    );
  }
}

function keyOf({ database, name }: Pick<CatalogEntry, "database" | "name">): string {
  return `${database}.${name}`.toLowerCase();
}

/** Returns the name of the table that an error of DuckDB says is missing, or nothing. */
export function missingTable(message: string): string {
  return /Table with name "?(.+?)"? does not exist/.exec(message)?.[1] ?? "";
}
