import * as fs from "node:fs";
import { namedQueries, type NamedQuery } from "../../infra/sql";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import { UserError } from "../../cloud/errors";
import { outArgument } from "../../cloud/localCommand";
import { readFolder, readLake } from "../../cloud/localState";
import type { Answer } from "../../cloud/lake/cells";
import { Lake } from "../../cloud/lake/lake";
import { askAthena, costSentence } from "./athena";
import { dataDaysSql, emptyAnswer, type DataDays } from "./emptyAnswer";
import { describeQuery, folderQueries, queryFields, queryList, statementFor } from "./named";
import { answerText, formOfFile, type Form } from "./print";
import { stackPlace } from "./stack-place";
import { unknownTable } from "./tableNames";

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
  if (word === undefined) io.print(list(flags));
  else if (flags.describe) io.print(describe(word, flags));
  else print(await (flags.aws ? askStack(word, flags, io) : askHere(word, flags, io)), flags, io);
  return 0;
};

function list({ param, describe, out, json }: Flags): string {
  if (describe) throw new UserError("--describe needs the name of a query.");
  if (Object.keys(param).length > 0)
    throw new UserError("--param needs the name of the query that it is for.");
  const queries = queriesOf(out);
  return json ? JSON.stringify({ queries: queryFields(queries) }) : queryList(queries, outArgument(out));
}

function describe(word: string, { out, json }: Flags): string {
  const queries = queriesOf(out);
  const named = queries.find(({ name }) => name === word);
  // Says why there is none of that name.
  if (!named) return statementFor(word, {}, queries, outArgument(out));
  return json ? JSON.stringify({ queries: queryFields([named]) }) : describeQuery(named);
}

function queriesOf(out: string): NamedQuery[] {
  const folder = readFolder(out);
  return folder ? folderQueries(folder) : namedQueries();
}

function print(answer: Answer, { csv, json, wide, limit, to }: Flags, io: Io): void {
  const asked: Form | undefined = csv ? "csv" : json ? "json" : undefined;
  if (to === undefined) {
    io.write(answerText(answer, asked ?? "table", { width: io.width, wide, limit }));
    return;
  }
  try {
    fs.writeFileSync(to, answerText(answer, asked ?? formOfFile(to), { wide: true, limit }));
  } catch (error) {
    throw new UserError(`${to} cannot be written: ${(error as Error).message}.`);
  }
  io.warn(`Wrote ${Math.min(answer.rows.length, limit ?? Infinity)} rows to ${to}.`);
}

async function askHere(word: string, { param, out }: Flags, io: Io): Promise<Answer> {
  const folder = readLake(out);
  const queries = folderQueries(folder);
  const place = outArgument(out);
  const sql = statementFor(word, param, queries, place);
  const lake = await Lake.open(folder.manifest, out);
  const ask = (statement: string) => lake.query(statement).catch(explain(place));
  try {
    const answer = await ask(sql);
    await explainEmpty(answer, word, param, queries, ask, io);
    return answer;
  } finally {
    lake.close();
  }
}

async function askStack(word: string, { param, stack }: Flags, io: Io): Promise<Answer> {
  if (stack === undefined) throw new UserError("--aws needs the stack to ask; add --stack NAME.");
  const progress = io.progress();
  try {
    progress.stage("Reading the stack");
    const options = ` --aws --stack ${stack}`;
    const { timezone, ...place } = await stackPlace(stack, io);
    const queries = namedQueries(timezone);
    const sql = statementFor(word, param, queries, options);
    const stage = (text: string) => progress.stage(text);
    const ask = async (statement: string) => {
      const asked = await askAthena(statement, place, { stage, signal: io.stopSignal() }).catch(
        explain(options),
      );
      progress.done();
      io.warn(costSentence(asked));
      return asked.answer;
    };
    const answer = await ask(sql);
    await explainEmpty(answer, word, param, queries, ask, io);
    return answer;
  } finally {
    progress.done();
  }
}

/** Returns what throws an error again, in our own words if a table is missing. `place` names the lake. */
function explain(place: string): (error: Error) => never {
  return (error) => {
    const sentence = unknownTable(error.message, place);
    throw sentence === undefined ? error : new UserError(sentence);
  };
}

/** Says why a named query has no rows, and what to try. */
async function explainEmpty(
  { rows }: Answer,
  word: string,
  values: Record<string, string>,
  queries: NamedQuery[],
  ask: (sql: string) => Promise<Answer>,
  io: Io,
): Promise<void> {
  const named = queries.find(({ name }) => name === word);
  if (rows.length > 0 || !named) return;
  const sql = dataDaysSql(named, values);
  const days = sql === undefined ? undefined : ((await ask(sql)).rows[0] as unknown as DataDays);
  const sentence = emptyAnswer(named, values, days);
  if (sentence !== undefined) io.warn(sentence);
}
