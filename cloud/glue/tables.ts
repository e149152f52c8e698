import type { StorageDescriptor } from "@aws-sdk/client-glue";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Resource } from "../types";

/** A table of the Glue Data Catalog, with Glue's names. */
export interface CatalogTable {
  database: string;
  name: string;
  /** Names of its partition keys. */
  keys: string[];
  parameters: Record<string, string>;
  descriptor: StorageDescriptor;
}

/** A storage descriptor as programs declare it. */
interface DeclaredDescriptor {
  location?: string;
  columns?: { name: string; type: string }[];
  inputFormat?: string;
  outputFormat?: string;
  serDeInfo?: { serializationLibrary?: string; parameters?: Record<string, string> };
}

/** Returns the tables (and views) that a program declares. */
export function tablesOf(resources: Resource[]): CatalogTable[] {
  return resources
    .filter((resource) => resource.type === "aws:glue/catalogTable:CatalogTable")
    .map(({ outputs }) => ({
      database: String(outputs.databaseName),
      name: String(outputs.name),
      keys: ((outputs.partitionKeys ?? []) as { name: string }[]).map(({ name }) => name),
      parameters: (outputs.parameters ?? {}) as Record<string, string>,
      descriptor: descriptorOf((outputs.storageDescriptor ?? {}) as DeclaredDescriptor),
    }));
}

function descriptorOf(declared: DeclaredDescriptor): StorageDescriptor {
  const { location, columns = [], inputFormat, outputFormat, serDeInfo } = declared;
  return {
    Location: location,
    Columns: columns.map(({ name, type }) => ({ Name: name, Type: type })),
    InputFormat: inputFormat,
    OutputFormat: outputFormat,
    SerdeInfo: {
      SerializationLibrary: serDeInfo?.serializationLibrary,
      Parameters: serDeInfo?.parameters ?? {},
    },
  };
}

/** The tables that crawlers made, in files `<cloud's folder>/crawled/<database>/<table>.json`. */
export class TableFiles {
  private readonly root: string;

  /** @param dir the cloud's folder */
  constructor(dir: string) {
    this.root = path.join(dir, "crawled");
  }

  /** Returns all tables, ordered by database and name. */
  list(): CatalogTable[] {
    return names(this.root).flatMap((database) =>
      names(path.join(this.root, database))
        .filter((file) => file.endsWith(".json"))
        .map(
          (file) => JSON.parse(readFileSync(path.join(this.root, database, file), "utf8")) as CatalogTable,
        ),
    );
  }

  /** Writes a table; replaces one of the same name. */
  put(table: CatalogTable): void {
    const file = path.join(this.root, table.database, `${table.name}.json`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.tmp`, JSON.stringify(table, null, 2));
    renameSync(`${file}.tmp`, file);
  }
}

function names(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
