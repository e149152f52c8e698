import { InvalidArgumentError, Option } from "commander";
import { namedQueries } from "../infra/sql";
import { command, main } from "./lib/command";
import { UserError } from "../cloud/errors";
import { readFolder } from "../cloud/localState";
import { Lake, type Answer } from "../cloud/lake/lake";
import { Progress } from "./lib/progress";
import { askAthena, costSentence } from "./query/athena";
import { folderQueries, queryFields, queryList, statementFor } from "./query/named";
import { answerText, type Form } from "./query/print";
import { stackPlace } from "./query/stack-place";

const cli = command(
  "query",
  "Lists the named queries, or runs one (or a SQL statement) on the local lake or on Athena.",
)
  .argument("[query]", "name of a named query, or a statement in quotes")
  .option("--param <name=value>", "a value for a named query, such as days=28 (repeatable)", addValue, {})
  .option("--aws", "ask Athena, in the workgroup of --stack", false)
  .option("--stack <name>", "the Pulumi stack to ask with --aws")
  .addOption(new Option("--csv", "print CSV for spreadsheets (RFC 4180)").conflicts("json"))
  .option("--json", "print one JSON object")
  .option("--out <dir>", "folder of the local cloud", ".local")
  .addHelpText(
    "after",
    `
Examples:
  npm run query
  npm run query -- top_artists
  npm run query -- top_artists --aws --stack dev --csv > top.csv
  npm run query -- "select count(*) as n from tracks" --json

In a simulated lake the default of a date is the last simulated day.`,
  );

function addValue(text: string, values: Record<string, string>): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be name=value, such as days=28.");
  return { ...values, [text.slice(0, at)]: text.slice(at + 1) };
}

interface Flags {
  param: Record<string, string>;
  aws: boolean;
  stack?: string;
  csv?: boolean;
  json?: boolean;
  out: string;
}

function list({ param, out, json }: Flags): void {
  if (Object.keys(param).length > 0)
    throw new UserError("--param needs the name of the query that it is for.");
  const folder = readFolder(out);
  const queries = folder ? folderQueries(folder) : namedQueries();
  console.log(json ? JSON.stringify({ queries: queryFields(queries) }) : queryList(queries));
}

async function askHere(word: string, { param, out }: Flags): Promise<Answer> {
  const folder = readFolder(out);
  if (!folder) throw new UserError(`There is no lake in ${out} yet; make one with npm start.`);
  const sql = statementFor(word, param, folderQueries(folder));
  const lake = await Lake.open(folder.manifest, out);
  try {
    return await lake.query(sql);
  } finally {
    lake.close();
  }
}

async function askStack(word: string, { param, stack }: Flags): Promise<Answer> {
  if (stack === undefined) throw new UserError("--aws needs the stack to ask; add --stack NAME.");
  const progress = new Progress(false);
  const stopping = new AbortController();
  process.once("SIGINT", () => {
    process.exitCode = 130;
    stopping.abort();
  });
  try {
    progress.stage("Reading the stack");
    const { timezone, ...place } = await stackPlace(stack);
    const sql = statementFor(word, param, namedQueries(timezone));
    const stage = (text: string) => progress.stage(text);
    const { answer, ...took } = await askAthena(sql, place, { stage, signal: stopping.signal });
    progress.done();
    console.error(costSentence(took));
    return answer;
  } finally {
    progress.done();
  }
}

main(async () => {
  cli.parse();
  const flags = cli.opts<Flags>();
  const word = cli.args[0];
  if (flags.stack !== undefined && !flags.aws)
    throw new UserError("--stack is for Athena; add --aws, or leave it out to ask the lake on this machine.");
  if (word === undefined) return list(flags);
  const answer = await (flags.aws ? askStack(word, flags) : askHere(word, flags));
  const form: Form = flags.csv ? "csv" : flags.json ? "json" : "table";
  process.stdout.write(answerText(answer, form));
});
