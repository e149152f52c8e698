import { views } from "../../infra/sql";
import { didYouMean } from "../../infra/suggest";
import { tables } from "../../schemas";

/** Returns the names of the lake's tables and views. */
export function tableNames(): string[] {
  return [...tables, ...views()].map(({ name }) => name);
}

/**
 * Returns how to read a table or view that was asked for as if it were a named query; undefined for any other word.
 * @param place options that name the lake, such as ` --out DIR`
 */
export function tableSentence(word: string, place = ""): string | undefined {
  const names = tableNames();
  if (!names.includes(word)) return undefined;
  const kind = tables.some(({ name }) => name === word) ? "table" : "view";
  const current = [`current_${word}`, `all_${word}`, `known_${word}`].find((name) => names.includes(name));
  const how =
    current === undefined ? "Read it with" : `Its view ${current} has each thing once; read it with`;
  return `${word} is a ${kind}, not a named query. ${how}: npx spotify-lake query "select * from ${current ?? word} limit 10"${place}`;
}

/**
 * Returns a sentence for an engine's message that a table is missing, with the nearest of our tables and views;
 * undefined for any other message.
 * @param place options that name the lake, such as ` --out DIR`
 */
export function unknownTable(message: string, place = ""): string | undefined {
  // DuckDB says the first, Athena the second.
  const found =
    /Table with name "?(.+?)"? does not exist/i.exec(message) ??
    /TABLE_NOT_FOUND\b.*?Table '([^']+)'/i.exec(message);
  const name = found?.[1]?.split(".").at(-1);
  if (name === undefined) return undefined;
  const hint = didYouMean(name.toLowerCase(), tableNames());
  return `There is no table or view ${name}${hint} All of them: npx spotify-lake query "show tables"${place}`;
}
