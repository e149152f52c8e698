import { stringify } from "csv-stringify/sync";
import { closest, distance } from "fastest-levenshtein";
import { command, main } from "./command";
import { UserError } from "./errors";
import { readFolder } from "./folder";
import { Lake } from "./lake";
import type { Manifest } from "./manifest";
import { textTable } from "./text-table";

const cli = command("query", "Lists the named queries, or runs one (or a SQL statement) on the local lake.")
  .argument("[query]", "name of a named query, or a statement in quotes")
  .option("--csv", "print CSV (RFC 4180)")
  .option("--json", "print one JSON object")
  .option("--out <dir>", "folder of the local cloud", ".local")
  .addHelpText(
    "after",
    '\nExamples:\n  npm run query\n  npm run query -- top_artists\n  npm run query -- "select count(*) from tracks" --json',
  );

/** The SQL that a word on the command line stands for. */
function statementFor(word: string, { queries }: Manifest): string {
  const named = queries.find((query) => query.name === word);
  if (named) return named.sql;
  if (/\s/.test(word)) return word;
  const near = closest(
    word,
    queries.map((query) => query.name),
  );
  const hint = distance(word, near) <= word.length / 2 ? `; did you mean ${near}?` : ".";
  throw new UserError(`There is no named query ${word}${hint} "npm run query" lists them all.`);
}

main(async () => {
  cli.parse();
  const { csv, json, out } = cli.opts<{ csv?: boolean; json?: boolean; out: string }>();
  const state = readFolder(out);
  if (!state) throw new UserError(`There is no lake in ${out} yet; make one with npm start.`);
  const word = cli.args[0];
  if (word === undefined) {
    const list = state.manifest.queries.map(({ name, description }) => ({ name, description }));
    console.log(
      json
        ? JSON.stringify({ queries: list })
        : textTable({ columns: ["name", "description"], rows: list }, Infinity),
    );
    return;
  }
  const lake = await Lake.open(state.manifest, out);
  try {
    const answer = await lake.query(statementFor(word, state.manifest));
    if (json) console.log(JSON.stringify(answer));
    else if (csv)
      process.stdout.write(
        stringify(answer.rows, {
          header: true,
          columns: answer.columns,
          cast: { boolean: String },
          record_delimiter: "windows",
        }),
      );
    else console.log(`${textTable(answer)}\n${answer.rows.length} row${answer.rows.length === 1 ? "" : "s"}`);
  } finally {
    lake.close();
  }
});
