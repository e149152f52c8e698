import { namedQueries } from "../../infra/sql";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import { UserError } from "../../cloud/errors";
import { readFolder, readLake } from "../../cloud/localState";
import type { Answer } from "../../cloud/lake/cells";
import { Lake } from "../../cloud/lake/lake";
import { askAthena, costSentence } from "./athena";
import { folderQueries, queryList, statementFor } from "./named";
import { answerText, type Form } from "./print";
import { stackPlace } from "./stack-place";

interface Flags {
  param: Record<string, string>;
  aws: boolean;
  stack?: string;
  csv?: boolean;
  json?: boolean;
  wide?: boolean;
  limit?: number;
  out: string;
}

function list({ param, out, json }: Flags): string {
  if (Object.keys(param).length > 0)
    throw new UserError("--param needs the name of the query that it is for.");
  const folder = readFolder(out);
  const queries = folder ? folderQueries(folder) : namedQueries();
  const listed = queries.map(({ name, title, question, columns, parameters }) => ({
    ...{ name, title, question, columns },
    parameters: parameters.map(({ name, type, fallback, meaning }) => ({
      name,
      type,
      default: fallback,
      meaning,
    })),
  }));
  return json ? JSON.stringify({ queries: listed }) : queryList(queries);
}

async function askHere(word: string, { param, out }: Flags): Promise<Answer> {
  const folder = readLake(out);
  const sql = statementFor(word, param, folderQueries(folder));
  const lake = await Lake.open(folder.manifest, out);
  try {
    return await lake.query(sql);
  } finally {
    lake.close();
  }
}

async function askStack(word: string, { param, stack }: Flags, io: Io): Promise<Answer> {
  if (stack === undefined) throw new UserError("--aws needs the stack to ask; add --stack NAME.");
  const progress = io.progress();
  try {
    progress.stage("Reading the stack");
    const { timezone, ...place } = await stackPlace(stack, io);
    const sql = statementFor(word, param, namedQueries(timezone));
    const stage = (text: string) => progress.stage(text);
    const { answer, ...took } = await askAthena(sql, place, { stage, signal: io.stopSignal() });
    progress.done();
    io.warn(costSentence(took));
    return answer;
  } finally {
    progress.done();
  }
}

/** Runs `query`. */
export const runQuery: RunCommand = async (command, io) => {
  const flags: Flags = { param: {}, ...command.opts<Partial<Flags> & Pick<Flags, "aws" | "out">>() };
  const [word] = command.args;
  if (flags.stack !== undefined && !flags.aws)
    throw new UserError("--stack is for Athena; add --aws, or leave it out to ask the lake on this machine.");
  if (word === undefined) {
    io.print(list(flags));
    return 0;
  }
  const answer = await (flags.aws ? askStack(word, flags, io) : askHere(word, flags));
  const form: Form = flags.csv ? "csv" : flags.json ? "json" : "table";
  const { wide, limit } = flags;
  io.write(answerText(answer, form, { width: io.width, wide, limit }));
  return 0;
};
