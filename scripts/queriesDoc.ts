import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  asOfDay,
  namedQueries,
  recipes,
  renderQuery,
  subjects,
  views,
  type NamedQuery,
  type Recipe,
} from "../infra/sql";
import { allowedValues } from "../infra/sqlParameters";
import type { Answer } from "../cloud/lake/lake";
import { sampleDay, sampleLake } from "./sampleLake";

const sampleRows = 5;

/** Returns the text of docs/queries.md: named queries and recipes, and what they answer for a simulated listener. */
export async function queriesDoc(): Promise<string> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "sample-"));
  const lake = await sampleLake(dir);
  try {
    const sections: string[] = [];
    for (const query of namedQueries())
      sections.push(querySection(query, await lake.query(renderQuery(query, asOfDay(query, sampleDay)))));
    const examples: string[] = [];
    for (const recipe of recipes()) examples.push(recipeSection(recipe, await lake.query(recipe.sql)));
    return [head(), ...sections, recipeHead, ...examples, limits, viewList()].join("\n\n");
  } finally {
    lake.close();
    fs.rmSync(dir, { recursive: true });
  }
}

function head(): string {
  const groups = subjects.map((subject) => {
    const own = namedQueries().filter((query) => query.subject === subject);
    return `**${subject[0]!.toUpperCase()}${subject.slice(1)}**\n\n${table(
      ["query", "question"],
      own.map(({ name, question }) => [`[${name}](#${name})`, question]),
    )}`;
  });
  return `# Named queries

Made by \`npm run docs\` from [queries/](../queries) and [docs/recipes/](recipes). Each query is a saved query in Athena.
\`npx spotify-lake query NAME\` runs it on the lake of this machine or, with \`--aws --stack STACK\`, on that of a stack. The
samples are the first rows for a simulated listener on ${sampleDay}.

The lake of this machine speaks [DuckDB's SQL](https://duckdb.org/docs/stable/sql/introduction), Athena speaks
[Trino's](https://trino.io/docs/current/sql/select.html). All SQL here runs on both. For statements of your own, what both
read alike is: \`cast(a as type)\`, \`date_diff('day', a, b)\` of dates, \`max_by(…) filter (where … is not null)\`, window
functions, \`interval '7' day\` and texts in single quotes. [test/support/trino/rules.ts](../test/support/trino/rules.ts)
lists the functions that mean the same on both, and what to write instead of others.

${groups.join("\n\n")}`;
}

function querySection(
  { name, title, question, columns, parameters, empty }: NamedQuery,
  answer: Answer,
): string {
  const values = parameters.map((one) => [one.name, one.fallback, allowedValues(one), one.meaning]);
  const parts = [`## ${name}`, `${title}. ${question}`];
  if (values.length > 0) parts.push(table(["parameter", "default", "allowed", "meaning"], values));
  parts.push(
    table(
      ["column", "type", "meaning"],
      columns.map((column) => [column.name, column.type, column.meaning]),
    ),
  );
  return [...parts, sample(answer, empty)].join("\n\n");
}

const recipeHead = `# Recipes

Questions that no named query asks, as statements to start from: each runs on DuckDB and on Athena.`;

function recipeSection({ title, question, sql }: Recipe, answer: Answer): string {
  return [`## ${title}`, question, `\`\`\`sql\n${sql}\n\`\`\``, sample(answer)].join("\n\n");
}

/** What the lake has no data for, and why. */
const limits = `# What cannot be asked

- **Mood, tempo, key and other audio features.** Spotify
  [closed them to new apps](https://developer.spotify.com/blog/2024-11-27-changes-to-the-web-api) in November 2024.
- **Genres, without extended quota.** Apps in development mode get artists without genres; \`top_genres\` and
  \`current_artist_genres\` are empty then.
- **Podcasts among the plays of the API.** [Recently played tracks](https://developer.spotify.com/documentation/web-api/reference/get-recently-played)
  has no episodes. An imported history has them.
- **Plays before the first run, without an import.** The API shows the last 50 plays only. \`npx spotify-lake import\` adds
  the history of an account's data export.
- **Contents of other people's playlists, in development mode.** Spotify gives an app in development mode the items of
  playlists that its user owns or collaborates on.`;

function sample({ columns, rows }: Answer, empty?: string): string {
  if (rows.length === 0)
    return ["The simulated listener's answer is empty.", empty].filter(Boolean).join(" ");
  const shown = rows.slice(0, sampleRows).map((row) => columns.map((column) => shownValue(row[column])));
  const count =
    rows.length > shown.length ? `The first ${shown.length} of ${rows.length} rows:` : "All rows:";
  return `${count}\n\n${table(columns, shown)}`;
}

/** Rounds to three places, for people. */
function shownValue(value: unknown): string {
  if (value === null || value === undefined) return "";
  return String(typeof value === "number" ? Number(value.toFixed(3)) : value);
}

function viewList(): string {
  const rows = views().map(({ name, meaning }) => [name, meaning]);
  return `# Views\n\nThe queries are made of them; questions of your own start here too.\n\n${table(["view", "meaning"], rows)}`;
}

/** Returns a table in Markdown. */
function table(columns: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

function cell(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u2028\u2029]/g, " ")
    .replace(/[\\|*_`<>[\]]/g, (sign) => (sign === "[" || sign === "]" || sign === "_" ? sign : `\\${sign}`));
}
