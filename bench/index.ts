import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

// npm run bench -- NAME [options]: runs bench/NAME.ts; without a name it lists them.
const [name, ...options] = process.argv.slice(2);
const names = fs
  .readdirSync(__dirname)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => path.basename(file, ".ts"))
  .filter((file) => file !== "index");
if (name === undefined || !names.includes(name)) {
  console.log(`npm run bench -- NAME [--json], where NAME is one of: ${names.join(", ")}`);
  process.exitCode = name === undefined || name === "--help" ? 0 : 1;
} else {
  const run = ["-r", "ts-node/register/transpile-only", path.join(__dirname, `${name}.ts`), ...options];
  process.exitCode = spawnSync(process.execPath, run, { stdio: "inherit" }).status ?? 1;
}
