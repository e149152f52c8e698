import { setTimeout as wait } from "node:timers/promises";
import {
  GetQueryExecutionCommand,
  paginateGetQueryResults,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
  type AthenaClient,
  type ColumnInfo,
  type QueryExecution,
  type Row,
} from "@aws-sdk/client-athena";
import { UserError } from "../../cloud/errors";
import { exactNumber, kindOf, type Answer } from "../../cloud/lake/cells";
import { prices } from "../cost/prices";
import { athenaSentence, endSentence } from "./athena-failures";

/** Where a statement is to run. */
export interface Place {
  client: AthenaClient;
  workgroup: string;
  database: string;
}

/** An answer of Athena, and what it took. */
export interface AthenaAnswer {
  answer: Answer;
  /** Bytes that were read for it. */
  scannedBytes: number;
  /** Athena bills no DDL. */
  isFree: boolean;
}

/**
 * Runs a statement and waits for its answer, which has the same form as the local lake's. `stage` gets the progress. An
 * abort also stops the query in Athena. Throws a `UserError` if there is no answer.
 */
export async function askAthena(
  sql: string,
  place: Place,
  { stage, signal }: { stage: (text: string) => void; signal: AbortSignal },
): Promise<AthenaAnswer> {
  const { client, workgroup, database } = place;
  let id: string | undefined;
  try {
    stage("Starting");
    const started = await client.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        WorkGroup: workgroup,
        QueryExecutionContext: { Database: database },
      }),
    );
    id = started.QueryExecutionId!;
    const execution = await ended(client, id, stage, signal);
    if (execution.Status?.State !== "SUCCEEDED") throw new UserError(endSentence(execution));
    stage("Fetching rows");
    return {
      answer: await fetched(client, execution, signal),
      scannedBytes: execution.Statistics?.DataScannedInBytes ?? 0,
      isFree: execution.StatementType === "DDL",
    };
  } catch (error) {
    if (signal.aborted && id !== undefined) {
      await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id })).catch(() => undefined);
      throw new UserError("The query was stopped; what it had scanned until then is billed.");
    }
    throw error instanceof UserError ? error : new UserError(athenaSentence(error as Error, workgroup));
  }
}

/** Returns what a query cost, for people, at the price of most regions (https://aws.amazon.com/athena/pricing/). */
export function costSentence({ scannedBytes, isFree }: Omit<AthenaAnswer, "answer">): string {
  const megabytes = Math.max(10, Math.ceil(scannedBytes / 1e6));
  const dollars = isFree ? "free" : `about $${((megabytes / 1e6) * prices.scanned.usd).toFixed(5)}`;
  return `Scanned ${(scannedBytes / 1e6).toFixed(3)} MB: ${dollars} (an estimate: $${prices.scanned.usd} per TB, 10 MB at least).`;
}

/** Waits until the execution has ended, well or not. */
async function ended(
  client: AthenaClient,
  id: string,
  stage: (text: string) => void,
  signal: AbortSignal,
): Promise<QueryExecution> {
  for (let waitMs = 200; ; waitMs = Math.min(waitMs * 1.5, 2000)) {
    signal.throwIfAborted();
    const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
    const { Status, Statistics } = QueryExecution!;
    if (Status!.State !== "QUEUED" && Status!.State !== "RUNNING") return QueryExecution!;
    const scanned = Statistics?.DataScannedInBytes;
    stage(
      Status!.State === "QUEUED" ? "Queued" : `Running${scanned ? `, ${Math.round(scanned / 1e6)} MB` : ""}`,
    );
    await wait(waitMs, undefined, { signal });
  }
}

/** Fetches all rows, 1,000 a page. The first row of all holds the columns' names. */
async function fetched(
  client: AthenaClient,
  { QueryExecutionId, StatementType }: QueryExecution,
  signal: AbortSignal,
): Promise<Answer> {
  let columns: ColumnInfo[] = [];
  const rows: Row[] = [];
  for await (const { ResultSet } of paginateGetQueryResults({ client }, { QueryExecutionId })) {
    signal.throwIfAborted();
    columns = ResultSet?.ResultSetMetadata?.ColumnInfo ?? columns;
    rows.push(...(ResultSet?.Rows ?? []));
  }
  const names = columns.map(({ Name }) => Name!);
  const isHeader = (row: Row | undefined) =>
    StatementType === "DML" && names.every((name, at) => row?.Data?.[at]?.VarCharValue === name);
  return {
    columns: names,
    kinds: columns.map(({ Type }) => kindOf(Type!)),
    rows: rows
      .slice(isHeader(rows[0]) ? 1 : 0)
      .map(({ Data = [] }) =>
        Object.fromEntries(columns.map(({ Name, Type }, at) => [Name!, cell(Data[at]?.VarCharValue, Type!)])),
      ),
  };
}

/** Converts a cell to the local lake's form. NULL comes without a text. */
function cell(text: string | undefined, type: string): string | number | boolean | null {
  if (text === undefined) return null;
  if (type === "boolean") return text === "true";
  if (type === "timestamp") return text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  // Doubles come with exponents, which have no digits to lose.
  if (/^(float|double)$/.test(type)) return Number.isFinite(Number(text)) ? Number(text) : text;
  return kindOf(type) === "number" ? exactNumber(text) : text;
}
