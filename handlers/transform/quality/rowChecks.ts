/** Row checks: those of a spec's columns, and those written by hand. */
import type { Cell, TableSpec } from "../../../schemas";
import type { Check } from "../../../schemas/checks";
import { ruleFor, type ColumnRule, type QualityRules, type TableRule } from "../../../schemas/quality";
import type { CellIssue } from "../rows/cells";
import { tableChecks } from "./tableChecks";

/** One rule that a row fails. */
export interface RowIssue {
  rule: ColumnRule | TableRule;
  /** Null for a rule of the row as a whole. */
  column: string | null;
  value: unknown;
  /** What the rule asks for, in words. */
  expected: string;
}

/** Checks one rule of a row; its cells are of their columns' types, and in the order of the columns. */
export type RowCheck = (cells: readonly Cell[]) => RowIssue | undefined;

/** Returns all checks of a table's rows. */
export function rowChecks(table: TableSpec, rules: QualityRules): RowCheck[] {
  const indexOf = (wanted: string) => table.columns.findIndex(({ name }) => name === wanted);
  const fetchedAt = indexOf("fetched_at");
  const ofColumns = table.columns.flatMap(({ name, checks = [] }, index) =>
    checks.map((check): RowCheck => {
      const { threshold = 0 } = ruleFor(rules, check.rule, table.name, name);
      const { holds, expected } = cellCheck(check, threshold);
      const issue = { rule: check.rule, column: name, expected };
      return (cells) => {
        const value = cells[index]!;
        return value === null || holds(value, cells[fetchedAt]!) ? undefined : { ...issue, value };
      };
    }),
  );
  const ofTable = (tableChecks[table.name] ?? []).map(({ rule, holds, expected, columns }): RowCheck => {
    const [one, other] = [indexOf(columns[0]), indexOf(columns[1])];
    return (cells) =>
      holds(cells[one]!, cells[other]!)
        ? undefined
        : { rule, column: null, expected, value: [cells[one], cells[other]] };
  });
  return [...ofColumns, ...ofTable];
}

/** Returns the rules that a table's rows are checked by, each once. */
export function rowRules(table: TableSpec): (ColumnRule | TableRule)[] {
  const ofColumns = table.columns.flatMap(({ checks = [] }) => checks.map(({ rule }) => rule));
  const ofTable = (tableChecks[table.name] ?? []).map(({ rule }) => rule);
  return [...new Set<ColumnRule | TableRule>(["not_null", "type", ...ofColumns, ...ofTable])];
}

/** Returns a cell's issue as one of its row. */
export function issueOf({ rule, column, value }: CellIssue): RowIssue {
  return { rule, column: column.name, value: value ?? null, expected: `a ${column.type}` };
}

function cellCheck(
  check: Check,
  threshold: number,
): { holds: (cell: Cell, fetchedAt: Cell) => boolean; expected: string } {
  switch (check.rule) {
    case "range": {
      const { from, to = Infinity } = check;
      const expected = check.to === undefined ? `${from} or more` : `${from} to ${to}`;
      return { holds: (cell) => (cell as number) >= from && (cell as number) <= to, expected };
    }
    case "positive":
      return { holds: (cell) => (cell as number) > 0, expected: "above 0" };
    case "pattern": {
      const pattern = new RegExp(check.pattern);
      return { holds: (cell) => pattern.test(cell as string), expected: check.pattern };
    }
    case "allowed":
      return { holds: (cell) => check.values.includes(cell as string), expected: check.values.join(", ") };
    case "not_in_future":
      return {
        holds: (cell, fetchedAt) => (cell as number) <= (fetchedAt as number) + threshold,
        expected: `at most ${threshold} ms after fetched_at`,
      };
  }
}
