/** The `fields` parameter of playlists: an answer cut down to what was asked for. */
import { ApiError } from "./errors";

/** Which fields to keep, each with those to keep inside it; empty: all. */
type Selection = Map<string, Selection>;

/**
 * `value` with only the fields that `fields` names, such as `name,items(total,items.added_at)`; a list keeps its
 * entries, each cut down. Throws ApiError 400 on anything else; leaving fields out by `!` is not simulated.
 */
export function selectFields(value: unknown, fields: string): unknown {
  return keep(value, parse(fields));
}

/** The grammar: list = path {"," path}, path = name ["." path | "(" list ")"]. */
function parse(fields: string): Selection {
  const words = fields.match(/\w+|\S/g) ?? [];
  const invalid = () => new ApiError(400, `Invalid fields: ${fields}`);
  const took = (word: string) => words[0] === word && words.shift() !== undefined;

  const list = (selection: Selection = new Map()): Selection => {
    do path(selection);
    while (took(","));
    return selection;
  };
  const path = (selection: Selection) => {
    const name = words.shift();
    if (name === undefined || !/^\w+$/.test(name)) throw invalid();
    const inner = selection.get(name) ?? new Map<string, Selection>();
    selection.set(name, inner);
    if (took(".")) path(inner);
    else if (took("(")) {
      list(inner);
      if (!took(")")) throw invalid();
    }
  };

  const selection = list();
  if (words.length > 0) throw invalid();
  return selection;
}

function keep(value: unknown, selection: Selection): unknown {
  if (selection.size === 0 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((entry) => keep(entry, selection));
  const kept = Object.entries(value).filter(([key]) => selection.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, keep(inner, selection.get(key)!)]));
}
