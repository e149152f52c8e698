import * as esbuild from "esbuild";
import * as path from "node:path";

/** A node of a parse tree: `kind` is the grammar's name (FunctionCall, Cast …), `token` for a word of the text. */
export interface Tree {
  kind: string;
  /** The words below, without what stands between them. */
  text: string;
  /** From 1. */
  line: number;
  children: Tree[];
}

/** Where a text is not Trino SQL; `line` from 1. */
interface SyntaxFault {
  line: number;
  message: string;
}

/** A text, parsed: the tree stands for as much as could be read. */
export interface Parsed {
  tree: Tree;
  faults: SyntaxFault[];
}

/** What is used of https://github.com/DTStack/dt-sql-parser, whose nodes are antlr4's. */
interface Node {
  children?: Node[];
  start?: { line: number } | null;
  symbol?: { line: number };
  getText(): string;
}
interface TrinoSQL {
  parse(sql: string, fault: (fault: { startLine: number; message: string }) => void): Node;
}

let parser: TrinoSQL | undefined;

/** Parses a text by Trino's grammar. The first call takes a second or two. */
export function parseTrino(sql: string): Parsed {
  parser ??= load();
  const faults: SyntaxFault[] = [];
  const root = parser.parse(sql, ({ startLine, message }) => faults.push({ line: startLine, message }));
  return { tree: treeOf(root), faults };
}

/** The package's modules name each other without an ending, which Node refuses; a bundle of them runs. */
function load(): TrinoSQL {
  const { outputFiles } = esbuild.buildSync({
    stdin: {
      contents: 'export { TrinoSQL } from "dt-sql-parser/dist/parser/trino"',
      resolveDir: path.join(__dirname, "../../.."),
    },
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
  });
  const bundle: { exports: { TrinoSQL?: new () => TrinoSQL } } = { exports: {} };
  new Function("module", "exports", "require", outputFiles[0]!.text)(bundle, bundle.exports, require);
  return new bundle.exports.TrinoSQL!();
}

function treeOf(node: Node): Tree {
  const kind = node.children ? node.constructor.name.replace(/Context$/, "") : "token";
  return {
    kind,
    text: node.getText(),
    line: node.start?.line ?? node.symbol?.line ?? 1,
    children: (node.children ?? []).map(treeOf),
  };
}
