import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { DeployedFunction } from "../../cloud/types";
import { makeFolder } from "./folders";

/** A function whose archive is one module; `files` are further ones, by path. */
export function deploy(
  source: string,
  overrides: Partial<DeployedFunction> = {},
  files: Record<string, string> = {},
): DeployedFunction {
  const dir = path.join(makeFolder(), "archive");
  for (const [name, content] of Object.entries({ "__index.js": source, ...files })) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), content);
  }
  const name = overrides.name ?? "test-function";
  return {
    name,
    arn: `arn:aws:lambda:eu-west-1:000000000000:function:${name}`,
    dir,
    handler: "__index.handler",
    runtime: "nodejs22.x",
    memorySize: 128,
    timeout: 20,
    environment: {},
    ...overrides,
  };
}
