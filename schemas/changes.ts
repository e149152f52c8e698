import type { Column, ColumnType, TableSpec } from "./spec";

/** The part of a table's spec that readers of the lake see. */
export type LakeTable = Pick<TableSpec, "name" | "grain" | "key"> & {
  columns: Pick<Column, "name" | "type" | "nullable" | "meaning">[];
};

/** The tables of one generation of the lake, from 1 up; see `generation` in schemas/index.ts. */
interface Generation {
  generation: number;
  tables: LakeTable[];
}

/** One difference between two states of the specs. */
export type Change =
  | { code: "table_added"; table: string }
  | { code: "table_removed"; table: string }
  | { code: "key_changed"; table: string; from: string[]; to: string[] }
  | { code: "column_added"; table: string; column: string }
  | { code: "column_relaxed"; table: string; column: string }
  | { code: "column_inserted"; table: string; column: string }
  | { code: "column_added_required"; table: string; column: string }
  | { code: "column_removed"; table: string; column: string }
  | { code: "column_renamed"; table: string; column: string; to: string }
  | { code: "column_moved"; table: string; column: string }
  | { code: "column_retyped"; table: string; column: string; from: ColumnType; to: ColumnType }
  | { code: "column_required"; table: string; column: string }
  | { code: "generation_lowered"; from: number; to: number };

/** A change that existing files and partitions are compatible with. */
export type FreeChange = Extract<Change, { code: "table_added" | "column_added" | "column_relaxed" }>;

/** A change that needs a new generation. */
export type BreakingChange = Exclude<Change, FreeChange>;

/** Returns whether a change needs no new generation: readers get NULL where older files lack a column at the end. */
export function isFree(change: Change): change is FreeChange {
  return ["table_added", "column_added", "column_relaxed"].includes(change.code);
}

/**
 * Returns the differences of `after`, table by table in the order of `before`. CSV is read by position and old partitions
 * keep their descriptors, so only a nullable column at the end, a new table and a column that may now be NULL are free.
 */
export function changesBetween(before: Generation, after: Generation): Change[] {
  const lowered: Change[] =
    after.generation < before.generation
      ? [{ code: "generation_lowered", from: before.generation, to: after.generation }]
      : [];
  const kept = before.tables.flatMap((table): Change[] => {
    const now = after.tables.find(({ name }) => name === table.name);
    return now ? tableChanges(table, now) : [{ code: "table_removed", table: table.name }];
  });
  const added = after.tables
    .filter(({ name }) => !before.tables.some((table) => table.name === name))
    .map(({ name }): Change => ({ code: "table_added", table: name }));
  return [...lowered, ...kept, ...added];
}

function tableChanges(before: LakeTable, after: LakeTable): Change[] {
  const table = before.name;
  const changes: Change[] = [];
  if (before.key.join() !== after.key.join()) {
    changes.push({ code: "key_changed", table, from: before.key, to: after.key });
  }
  const [was, is] = [before, after].map(({ columns }) => columns.map(({ name }) => name)) as [
    string[],
    string[],
  ];
  const renamed = is.filter((name, at) => at < was.length && !was.includes(name) && !is.includes(was[at]!));
  for (const column of before.columns) {
    const now = after.columns.find(({ name }) => name === column.name);
    const to = is[was.indexOf(column.name)]!;
    if (!now && renamed.includes(to))
      changes.push({ code: "column_renamed", table, column: column.name, to });
    else if (!now) changes.push({ code: "column_removed", table, column: column.name });
    else changes.push(...columnChanges(table, column, now));
  }
  // Only columns that are in both can have moved among each other.
  const shared = is.filter((name) => was.includes(name));
  const order = was.filter((name) => is.includes(name));
  const moved = shared.find((name, at) => name !== order[at]);
  if (moved !== undefined) changes.push({ code: "column_moved", table, column: moved });
  const last = Math.max(...was.map((name) => is.indexOf(name)));
  for (const [at, { name, nullable }] of after.columns.entries()) {
    if (was.includes(name) || renamed.includes(name)) continue;
    const code = at < last ? "column_inserted" : nullable ? "column_added" : "column_added_required";
    changes.push({ code, table, column: name });
  }
  return changes;
}

type ColumnShape = LakeTable["columns"][number];

function columnChanges(table: string, before: ColumnShape, after: ColumnShape): Change[] {
  const column = before.name;
  const changes: Change[] = [];
  if (before.type !== after.type) {
    changes.push({ code: "column_retyped", table, column, from: before.type, to: after.type });
  }
  if (before.nullable && !after.nullable) changes.push({ code: "column_required", table, column });
  if (!before.nullable && after.nullable) changes.push({ code: "column_relaxed", table, column });
  return changes;
}

/** Returns what is wrong and what to do, in one sentence. */
export function sentenceOf(change: BreakingChange): string {
  const raise = "or raise generation in schemas/index.ts and run npm run docs";
  switch (change.code) {
    case "generation_lowered":
      return `The generation in schemas/index.ts is ${change.to}, but the lake has had ${change.from}: it only ever rises.`;
    case "table_removed":
      return `Table ${change.table} is gone from schemas/: put it back, ${raise}.`;
    case "key_changed":
      return `The key of table ${change.table} was ${change.from.join(", ")} and is now ${change.to.join(", ")}: put it back, ${raise}.`;
    case "column_inserted":
      return `Column ${change.column} of table ${change.table} is new but stands before older ones: move it to the end, ${raise}.`;
    case "column_added_required":
      return `Column ${change.column} of table ${change.table} is new and required, but rows that are there do not have it: make it optional, ${raise}.`;
    case "column_removed":
      return `Column ${change.column} of table ${change.table} is gone: put it back, ${raise}.`;
    case "column_renamed":
      return `Column ${change.column} of table ${change.table} is now named ${change.to}: name it as before, ${raise}.`;
    case "column_moved":
      return `Column ${change.column} of table ${change.table} stands in another place: move it back, ${raise}.`;
    case "column_retyped":
      return `Column ${change.column} of table ${change.table} was ${change.from} and is now ${change.to}: keep its type, ${raise}.`;
    case "column_required":
      return `Column ${change.column} of table ${change.table} could be NULL and is now required: make it optional, ${raise}.`;
  }
}
