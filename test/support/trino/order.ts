import { find, type Finding } from "./lint";
import { parseTrino, type Tree } from "./parser";

/** A statement whose order is looked at; `linesBefore` as in `Statement`, `key` as the head of its file has it. */
interface Ordered {
  file: string;
  sql: string;
  linesBefore: number;
  key: string[];
}

/**
 * Returns what keeps a statement from giving its rows in one order: a final `order by` without a part of the key, or a
 * `limit` inside, which takes any rows where its order has ties.
 */
export function lintOrder({ file, sql, linesBefore, key }: Ordered): Finding[] {
  const queries = findAll(parseTrino(sql).tree, "QueryNoWith");
  const last = queries.at(-1);
  if (!last) return [];
  const sorted = last.children
    .filter(({ kind }) => kind === "SortItem")
    .map((item) => item.children[0]!.text.toLowerCase());
  const missing = key.filter((part) => !sorted.includes(part.replace(/\s/g, "")));
  const inner = queries
    .slice(0, -1)
    .filter(({ children }) => children.some(({ kind }) => kind === "LimitRowCount"));
  const finding = (line: number, message: string) => ({ file, line: line + linesBefore, message });
  return [
    ...(missing.length > 0
      ? [finding(last.line, `order by lacks ${missing.join(", ")} of the key; its ties have no order`)]
      : []),
    ...inner.map(({ line }) =>
      finding(line, "a limit inside; number rows by row_number() and keep the first"),
    ),
  ];
}

/** Returns all nodes of a kind, the statement's own last. */
function findAll(tree: Tree, kind: string): Tree[] {
  return find(tree, kind, "").flatMap((node) => [
    ...node.children.flatMap((child) => findAll(child, kind)),
    node,
  ]);
}
