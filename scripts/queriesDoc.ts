import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { asOfDay, namedQueries, renderQuery, views, type NamedQuery } from "../infra/sql";
import type { Answer } from "../cloud/lake/lake";
import { sampleDay, sampleLake } from "./sampleLake";

const sampleRows = 5;

/** The text of docs/queries.md: each named query, and what it answers for a simulated listener. */
export async function queriesDoc(): Promise<string> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "sample-"));
  const lake = await sampleLake(dir);
  try {
    const sections: string[] = [];
    for (const query of namedQueries())
      sections.push(section(query, await lake.query(renderQuery(query, asOfDay(query, sampleDay)))));
    return [head(), ...sections, viewList()].join("\n\n");
  } finally {
    lake.close();
    fs.rmSync(dir, { recursive: true });
  }
}

function head(): string {
  return `# Named queries

Made by \`npm run docs\` from [queries/](../queries). Each stands in Athena as a saved query, and \`npm run query\` runs it by its
name, on the lake of this machine or, with \`--aws --stack NAME\`, on that of a stack. The samples are the first rows
for a simulated listener on ${sampleDay}.

${table(
  ["query", "question"],
  namedQueries().map(({ name, question }) => [`[${name}](#${name})`, question]),
)}`;
}

function section({ name, title, question, columns, parameters }: NamedQuery, answer: Answer): string {
  const values = parameters.map((one) => [one.name, one.type, one.fallback, one.meaning]);
  const parts = [`## ${name}`, `${title}. ${question}`];
  if (values.length > 0) parts.push(table(["parameter", "type", "default", "meaning"], values));
  if (columns.length > 0)
    parts.push(
      table(
        ["column", "type", "meaning"],
        columns.map((column) => [column.name, column.type, column.meaning]),
      ),
    );
  return [...parts, sample(answer)].join("\n\n");
}

function sample({ columns, rows }: Answer): string {
  if (rows.length === 0) return "For the simulated listener there is nothing to tell.";
  const shown = rows.slice(0, sampleRows).map((row) => columns.map((column) => shownValue(row[column])));
  const count =
    rows.length > shown.length ? `The first ${shown.length} of ${rows.length} rows:` : "All rows:";
  return `${count}\n\n${table(columns, shown)}`;
}

/** Fractions to three places: samples are to be read, and the last digits of a double are not. */
function shownValue(value: unknown): string {
  if (value === null || value === undefined) return "";
  return String(typeof value === "number" ? Number(value.toFixed(3)) : value);
}

function viewList(): string {
  const rows = views().map(({ name, meaning }) => [name, meaning]);
  return `## Views\n\nWhat the queries are made of, and where questions of your own begin.\n\n${table(["view", "meaning"], rows)}`;
}

/** A table in Markdown. */
function table(columns: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

function cell(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u2028\u2029]/g, " ")
    .replace(/[\\|*_`<>[\]]/g, (sign) => (sign === "[" || sign === "]" || sign === "_" ? sign : `\\${sign}`));
}
