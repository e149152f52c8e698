import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const made: string[] = [];

/** A new temporary folder, removed when the tests of a file are done. */
export function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "test-"));
  made.push(folder);
  return folder;
}

/** Runs after each file: a hook of this module's own would run after the first file of a process only. */
export const mochaHooks = {
  afterAll(): void {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
  },
};
