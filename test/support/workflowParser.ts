import * as path from "node:path";
import { buildSync } from "esbuild";
import { makeFolder } from "./folders";
import { root } from "./commandLine";

type Parser = typeof import("@actions/workflow-parser", { with: { "resolution-mode": "import" } });

/** GitHub's own parser of workflows, bundled, since Node does not load its JSON files as it imports them. */
export function workflowParser(): Parser {
  const outfile = path.join(makeFolder(), "parser.js");
  const contents = 'export * from "@actions/workflow-parser";';
  const options = { bundle: true, platform: "node", format: "cjs" } as const;
  buildSync({ stdin: { contents, resolveDir: root }, outfile, ...options });
  return require(outfile) as Parser;
}
