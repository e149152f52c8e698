import * as fs from "node:fs";
import { namedQueries, type NamedQuery } from "../../infra/sql";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import type { Paint } from "../lib/paint";
import { UserError } from "../../cloud/errors";
import { unwritable } from "../lib/unwritable";
import { outArgument } from "../../cloud/localCommand";
import { readFolder } from "../../cloud/localState";
import type { Answer } from "../../cloud/lake/cells";
import { describeQuery, folderQueries, queryFields, queryList, statementFor } from "./named";
import { answerText, formOfFile, type Form } from "./print";

interface Flags {
  param: Record<string, string>;
  describe?: boolean;
  aws: boolean;
  stack?: string;
  csv?: boolean;
  json?: boolean;
  wide?: boolean;
  limit?: number;
  to?: string;
  out: string;
}

/** Runs `query`. */
export const runQuery: RunCommand = async (command, io) => {
  const flags: Flags = { param: {}, ...command.opts<Partial<Flags> & Pick<Flags, "aws" | "out">>() };
  const [word] = command.args;
  if (flags.stack !== undefined && !flags.aws)
    throw new UserError("--stack is for Athena; add --aws, or leave it out to ask the lake on this machine.");
  if (word === undefined) io.print(list(flags, io.paint));
  else if (flags.describe) io.print(describe(word, flags, io.paint));
  else print(await ask(word, flags, io), flags, io);
  return 0;
};

/** Loads one engine only: DuckDB for a local lake, the AWS SDK for Athena. */
function ask(word: string, flags: Flags, io: Io): Promise<Answer> {
  return flags.aws
    ? (require("./askStack") as typeof import("./askStack")).askStack(word, flags, io)
    : (require("./askHere") as typeof import("./askHere")).askHere(word, flags, io);
}

function list({ param, describe, out, json }: Flags, paint: Paint): string {
  if (describe) throw new UserError("--describe needs the name of a query.");
  if (Object.keys(param).length > 0)
    throw new UserError("--param needs the name of the query that it is for.");
  const queries = queriesOf(out);
  return json
    ? JSON.stringify({ queries: queryFields(queries) })
    : queryList(queries, outArgument(out), paint);
}

function describe(word: string, { out, json }: Flags, paint: Paint): string {
  const queries = queriesOf(out);
  const named = queries.find(({ name }) => name === word);
  // Says why there is none of that name.
  if (!named) return statementFor(word, {}, queries, outArgument(out));
  return json ? JSON.stringify({ queries: queryFields([named]) }) : describeQuery(named, paint);
}

function queriesOf(out: string): NamedQuery[] {
  const folder = readFolder(out);
  return folder ? folderQueries(folder) : namedQueries();
}

function print(answer: Answer, { csv, json, wide, limit, to }: Flags, io: Io): void {
  const asked: Form | undefined = csv ? "csv" : json ? "json" : undefined;
  if (to === undefined) {
    io.write(answerText(answer, asked ?? "table", { width: io.width, paint: io.paint, wide, limit }));
    return;
  }
  try {
    fs.writeFileSync(to, answerText(answer, asked ?? formOfFile(to), { wide: true, limit }));
  } catch (error) {
    throw unwritable(to, error as Error);
  }
  io.warn(`Wrote ${Math.min(answer.rows.length, limit ?? Infinity)} rows to ${to}.`);
}
