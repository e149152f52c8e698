import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DeployedFunction } from "../../cloud/types";

const made: string[] = [];

/** A new temporary folder, removed when all tests are done. */
export function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "test-"));
  made.push(folder);
  return folder;
}

after(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

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
