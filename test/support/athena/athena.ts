import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type {
  GetNamedQueryInput,
  GetQueryExecutionInput,
  GetQueryResultsInput,
  ListNamedQueriesInput,
  StartQueryExecutionInput,
  StopQueryExecutionInput,
} from "@aws-sdk/client-athena";
import { Lake, type TypedAnswer } from "../../../cloud/lake/lake";
import type { Manifest } from "../../../cloud/lake/manifest";
import type { Clock, Resource } from "../../../cloud/types";
import { athenaText, athenaType } from "./athena-values";
import { AwsError, type Operations } from "../../../cloud/aws/json";
import { readPartitions } from "../../../cloud/glue/partitions";

/** A workgroup that a program declares. */
interface Workgroup {
  name: string;
  /** Bytes that a query may scan, if there is a limit. */
  cutoff?: number;
}

interface NamedQueryEntry {
  NamedQueryId: string;
  Name: string;
  Description: string;
  Database: string;
  WorkGroup: string;
  QueryString: string;
}

/** A query that was started; times in seconds since 1970. */
interface Execution {
  id: string;
  sql: string;
  workgroup: string;
  database: string;
  state: "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";
  reason?: string;
  startedAt: number;
  endedAt?: number;
  /** Size of the files that the query's tables have: what an engine reads that skips nothing. */
  scannedBytes: number;
  answer?: TypedAnswer;
  lake?: Lake;
}

/** The workgroups that a program declares. */
export function workgroupsOf(resources: Resource[]): Workgroup[] {
  return ofType(resources, "aws:athena/workgroup:Workgroup").map(({ outputs }) => {
    const { bytesScannedCutoffPerQuery } = (outputs.configuration ?? {}) as {
      bytesScannedCutoffPerQuery?: number;
    };
    return { name: String(outputs.name), cutoff: bytesScannedCutoffPerQuery };
  });
}

/** The named queries that a program declares. */
export function namedQueriesOf(resources: Resource[]): NamedQueryEntry[] {
  return ofType(resources, "aws:athena/namedQuery:NamedQuery").map(({ outputs }) => ({
    NamedQueryId: String(outputs.id),
    Name: String(outputs.name),
    Description: String(outputs.description),
    Database: String(outputs.database),
    WorkGroup: String(outputs.workgroup),
    QueryString: String(outputs.query),
  }));
}

function ofType(resources: Resource[], type: string): Resource[] {
  return resources.filter((resource) => resource.type === type);
}

/** What Athena is made of here. */
interface AthenaOptions {
  workgroups: Workgroup[];
  namedQueries: NamedQueryEntry[];
  /** The catalog of the database that can be asked. */
  manifest: Manifest;
  /** The cloud's folder. */
  dir: string;
  clock: Clock;
}

const maxPage = 1000;

/** The calls that run queries over a local lake, by DuckDB, in the shapes in which Athena answers. */
export function athenaOperations(options: AthenaOptions): Operations {
  const { workgroups, namedQueries, manifest } = options;
  const executions = new Map<string, Execution>();
  const byToken = new Map<string, Execution>();
  const workgroupOf = (name = "primary") => {
    const found = workgroups.find((workgroup) => workgroup.name === name);
    if (!found) throw invalid(`WorkGroup ${name} is not found.`);
    return found;
  };
  const executionOf = (id: string | undefined) => {
    const found = executions.get(String(id));
    if (!found) throw invalid(`QueryExecution ${id} was not found`);
    return found;
  };

  return {
    "AmazonAthena.StartQueryExecution": (input: StartQueryExecutionInput) => {
      const known = byToken.get(String(input.ClientRequestToken));
      if (known) return { QueryExecutionId: known.id };
      const workgroup = workgroupOf(input.WorkGroup);
      const sql = input.QueryString ?? "";
      if (sql.trim() === "") throw invalid("Query string is empty.");
      const execution: Execution = {
        ...{ id: randomUUID(), sql, workgroup: workgroup.name },
        database: input.QueryExecutionContext?.Database ?? "default",
        state: "RUNNING",
        startedAt: Math.trunc(options.clock.now() / 1000),
        scannedBytes: scannedBytes(sql, options),
      };
      executions.set(execution.id, execution);
      if (input.ClientRequestToken) byToken.set(input.ClientRequestToken, execution);
      void run(execution, workgroup, options);
      return { QueryExecutionId: execution.id };
    },
    "AmazonAthena.GetQueryExecution": ({ QueryExecutionId }: GetQueryExecutionInput) => ({
      QueryExecution: described(executionOf(QueryExecutionId)),
    }),
    "AmazonAthena.StopQueryExecution": ({ QueryExecutionId }: StopQueryExecutionInput) => {
      const execution = executionOf(QueryExecutionId);
      if (execution.state === "RUNNING") {
        end(execution, options.clock, "CANCELLED", "Query cancelled by user");
        void interrupt(execution);
      }
      return {};
    },
    "AmazonAthena.GetQueryResults": ({
      QueryExecutionId,
      NextToken,
      MaxResults = maxPage,
    }: GetQueryResultsInput) => {
      const { state, answer } = executionOf(QueryExecutionId);
      if (state === "RUNNING") throw invalid("Query has not yet finished. Current state: RUNNING");
      if (!answer) throw invalid(`Query did not finish successfully. Final query state: ${state}`);
      if (MaxResults < 1 || MaxResults > maxPage)
        throw invalid(`MaxResults is ${MaxResults}; it must be between 1 and ${maxPage}.`);
      return page(answer, Number(NextToken ?? 0), MaxResults);
    },
    "AmazonAthena.ListNamedQueries": ({ WorkGroup }: ListNamedQueriesInput) => {
      const { name } = workgroupOf(WorkGroup);
      const own = namedQueries.filter((query) => query.WorkGroup === name);
      return { NamedQueryIds: own.map(({ NamedQueryId }) => NamedQueryId) };
    },
    "AmazonAthena.GetNamedQuery": ({ NamedQueryId }: GetNamedQueryInput) => {
      const found = namedQueries.find((query) => query.NamedQueryId === NamedQueryId);
      if (!found) throw invalid(`Named query ${NamedQueryId} was not found in ${manifest.database}.`);
      return { NamedQuery: found };
    },
  };
}

/** Runs a query to its end; partitions count that are registered when it begins. */
async function run(execution: Execution, workgroup: Workgroup, options: AthenaOptions): Promise<void> {
  const { manifest, dir, clock } = options;
  try {
    if (execution.database !== manifest.database)
      throw new Error(`SCHEMA_NOT_FOUND: Schema ${execution.database} does not exist`);
    execution.lake = await Lake.open(manifest, dir);
    if (isStopped(execution)) return;
    const answer = await execution.lake.typedQuery(execution.sql);
    if (isStopped(execution)) return;
    if (workgroup.cutoff !== undefined && execution.scannedBytes > workgroup.cutoff)
      return end(execution, clock, "CANCELLED", "Query cancelled! : Bytes scanned limit was exceeded");
    execution.answer = answer;
    end(execution, clock, "SUCCEEDED");
  } catch (error) {
    if (execution.state === "RUNNING")
      end(execution, clock, "FAILED", (error as Error).message.replace(/^The query failed: /, ""));
  } finally {
    execution.lake?.close();
    execution.lake = undefined;
  }
}

/** Asked anew at each look, since others end it meanwhile. */
function isStopped({ state }: Execution): boolean {
  return state !== "RUNNING";
}

/** Until it is over: an interruption that comes just before the engine begins is lost. */
async function interrupt(execution: Execution): Promise<void> {
  for (; execution.lake; await wait(20)) execution.lake.interrupt();
}

function end(execution: Execution, clock: Clock, state: Execution["state"], reason?: string): void {
  Object.assign(execution, { state, reason, endedAt: Math.trunc(clock.now() / 1000) });
}

/** The files of all registered partitions of the tables that a statement names, or that views name which it names. */
function scannedBytes(sql: string, { manifest, dir }: AthenaOptions): number {
  const tables = new Set<string>();
  const seen = new Set<string>();
  const look = (text: string) => {
    const words = new Set(text.toLowerCase().match(/\w+/g));
    for (const { name } of manifest.tables) if (words.has(name)) tables.add(name);
    for (const view of manifest.views)
      if (words.has(view.name) && !seen.has(view.name)) {
        seen.add(view.name);
        look(view.sql);
      }
  };
  look(sql);
  return readPartitions(dir, manifest.database)
    .filter(({ table }) => tables.has(table))
    .map(({ descriptor }) => path.join(dir, "s3", descriptor.Location!.replace(/^s3:\/\//, "")))
    .flatMap((folder) =>
      fs.existsSync(folder) ? fs.readdirSync(folder).map((file) => path.join(folder, file)) : [],
    )
    .reduce((sum, file) => sum + fs.statSync(file).size, 0);
}

function described({ id, sql, workgroup, database, ...execution }: Execution): object {
  const isDdl = /^\s*(create|drop|alter|show|describe|msck)\b/i.test(sql);
  return {
    QueryExecutionId: id,
    Query: sql,
    StatementType: isDdl ? "DDL" : "DML",
    WorkGroup: workgroup,
    QueryExecutionContext: { Database: database },
    Status: {
      State: execution.state,
      StateChangeReason: execution.reason,
      SubmissionDateTime: execution.startedAt,
      CompletionDateTime: execution.endedAt,
      AthenaError:
        execution.state === "FAILED" ? { ErrorMessage: execution.reason, ErrorCategory: 2 } : undefined,
    },
    Statistics: { DataScannedInBytes: execution.scannedBytes },
  };
}

/** Rows from a place on; the first one of all is the header. */
function page({ columns, rows }: TypedAnswer, start: number, count: number): object {
  const stop = start + count;
  const header = { Data: columns.map(({ name }) => ({ VarCharValue: name })) };
  const shown = rows.slice(Math.max(0, start - 1), stop - 1).map((row) => ({
    Data: row.map((value, at) =>
      value === null ? {} : { VarCharValue: athenaText(value, columns[at]!.type) },
    ),
  }));
  const ColumnInfo = columns.map(({ name, type }) => ({
    ...{ Name: name, Label: name, ...athenaType(type) },
    ...{
      CatalogName: "hive",
      SchemaName: "",
      TableName: "",
      Nullable: "UNKNOWN",
      CaseSensitive: type === "VARCHAR",
    },
  }));
  return {
    UpdateCount: 0,
    ResultSet: { Rows: start === 0 ? [header, ...shown] : shown, ResultSetMetadata: { ColumnInfo } },
    NextToken: stop < rows.length + 1 ? String(stop) : undefined,
  };
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidRequestException", message);
}
