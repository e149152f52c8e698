import { views } from "../../infra/sql";
import { tables } from "../../schemas";

/** Returns all that can be completed: names of queries, tables, views and their columns. */
export function completions(queries: { name: string }[]): string[] {
  const relations = [...tables, ...views()];
  const columns = relations.flatMap((one) => one.columns.map(({ name }) => name));
  return [...new Set([...queries, ...relations].map(({ name }) => name).concat(columns))].sort();
}

/** Completes the last word of a line, as readline wants it: what fits, and the part that it completes. */
export function completer(words: string[]): (line: string) => [string[], string] {
  return (line) => {
    const [typed = ""] = /\w*$/.exec(line) ?? [];
    const fitting = typed === "" ? [] : words.filter((word) => word.startsWith(typed.toLowerCase()));
    return [fitting, typed];
  };
}
