import * as fs from "node:fs";
import * as path from "node:path";
import type { ColumnType } from "../schemas";

/** A named query of `queries/`: what an analyst asks, and the SQL that answers it on Athena and on DuckDB. */
export interface NamedQuery {
  /** The file's name without `.sql`. */
  name: string;
  title: string;
  question: string;
  sql: string;
}

/** A view of `views/`, with the columns its head declares. */
export interface View {
  name: string;
  meaning: string;
  columns: { name: string; type: ColumnType; meaning: string }[];
  sql: string;
}

const root = path.join(__dirname, "..");

/** All named queries, by name; throws an Error that names a file whose head lacks a line. */
export function namedQueries(): NamedQuery[] {
  return sqlFiles("queries").map(({ name, head, sql }) => ({
    name,
    title: only(head, "title", `queries/${name}.sql`),
    question: only(head, "question", `queries/${name}.sql`),
    sql,
  }));
}

/** All views, by name; throws an Error that names a file whose head lacks a line. */
export function views(): View[] {
  return sqlFiles("views").map(({ name, head, sql }) => ({
    name,
    meaning: only(head, "view", `views/${name}.sql`),
    columns: head.filter(([key]) => key === "column").map(([, text]) => column(text)),
    sql,
  }));
}

/** The files of a folder, split into the `-- key: text` lines of their head and the statement below. */
function sqlFiles(folder: string): { name: string; head: [string, string][]; sql: string }[] {
  const files = fs.readdirSync(path.join(root, folder)).filter((file) => file.endsWith(".sql"));
  return files.sort().map((file) => {
    const lines = fs
      .readFileSync(path.join(root, folder, file), "utf8")
      .trimEnd()
      .split("\n");
    const start = lines.findIndex((line) => !line.startsWith("--"));
    const head = lines.slice(0, start).map((line) => /^-- (\w+): (.*)$/.exec(line));
    return {
      name: file.slice(0, -".sql".length),
      head: head.flatMap((match): [string, string][] => (match ? [[match[1]!, match[2]!]] : [])),
      sql: lines.slice(start).join("\n"),
    };
  });
}

function only(head: [string, string][], key: string, file: string): string {
  const found = head.find(([name]) => name === key);
  if (!found) throw new Error(`${file} needs a head line "-- ${key}: …".`);
  return found[1];
}

function column(text: string): View["columns"][number] {
  const [name, type, ...meaning] = text.split(" ");
  return { name: name!, type: type as ColumnType, meaning: meaning.join(" ") };
}
