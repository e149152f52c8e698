import type { Json } from "@duckdb/node-api";
import type { ColumnKind } from "../../../cloud/lake/cells";

/** A statement for the engine. */
export interface EngineQuestion {
  id: number;
  sql: string;
}

/** The answer to a statement, as the page gets it. */
export interface QueryResult {
  columns: string[];
  kinds: ColumnKind[];
  rows: Json[][];
  /** Whether there are more rows than these. */
  isCut: boolean;
  /** How long it took. */
  ms: number;
}

/** What the engine says to a statement: a result, or a sentence. */
export interface EngineAnswer {
  id: number;
  result?: QueryResult;
  error?: string;
}
