import { find, type Finding } from "./lint";
import { parseTrino, type Tree } from "./parser";

/** A statement of a query that declares a window; `linesBefore` as in `Statement`. */
interface Windowed {
  file: string;
  sql: string;
  linesBefore: number;
  /** Tables and views that have the column snapshot_month and are not to be read in all months. */
  partitioned: string[];
}

/** Returns where a statement reads one of these without a first month: each such `where` needs `snapshot_month >= …`. */
export function lintMonths({ file, sql, linesBefore, partitioned }: Windowed): Finding[] {
  return selectsOf(parseTrino(sql).tree).flatMap((select) => {
    const reads = below(select, "AliasedRelation");
    const limited = conditionsOf(select).flatMap(firstMonthOf);
    return reads.flatMap((read) => {
      const [table, alias] = [read.children[0]!.text.toLowerCase(), read.children.at(-1)!.text.toLowerCase()];
      const isLimited = limited.some((name) => name === alias || (name === "" && reads.length === 1));
      if (!partitioned.includes(table) || isLimited) return [];
      const message = `${table} is read in all months; add snapshot_month >= … to the where of this select`;
      return [{ file, line: read.line + linesBefore, message }];
    });
  });
}

/** Returns all selects of a statement, those inside others too. */
function selectsOf(tree: Tree): Tree[] {
  return find(tree, "QuerySpecification", "").flatMap((select) => [
    select,
    ...select.children.flatMap(selectsOf),
  ]);
}

/** Returns the nodes of a kind that belong to a select itself, not to one inside it. */
function below(select: Tree, kind: string): Tree[] {
  return select.children.flatMap((child) => find(child, kind, "QuerySpecification"));
}

/** Returns the conditions that a row must meet, all of them: what stands between the `and` of the `where`. */
function conditionsOf(select: Tree): Tree[] {
  const split = (node: Tree): Tree[] => (node.kind === "And" ? node.children.flatMap(split) : [node]);
  return below(select, "WhereClause").flatMap(({ children }) => children.flatMap(split));
}

/** Returns the alias ("" if there is none) whose first month a condition gives; nothing if it is another condition. */
function firstMonthOf({ kind, text }: Tree): string[] {
  const match = kind === "Predicated" && /^(?:(\w+)\.)?snapshot_month(>|=|between|in\()/i.exec(text);
  return match ? [(match[1] ?? "").toLowerCase()] : [];
}
