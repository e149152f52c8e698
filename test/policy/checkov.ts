/** Has checkov itself judge what the program registers, and compares its failures with docs/security.md. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { evaluated } from "../support/registered";
import { keyedExceptions, plainExceptions } from "./exceptions";
import { terraformOf } from "./terraform";

/** What `checkov -o json` prints. */
interface Report {
  summary: { passed: number; failed: number; parsing_errors: number; checkov_version: string };
  results: { failed_checks: { check_id: string; resource: string }[] };
}

function checkov(program: string): Report {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "checkov-"));
  try {
    fs.writeFileSync(path.join(dir, "main.tf"), program);
    const args = ["-d", dir, "--framework", "terraform", "-o", "json", "--soft-fail", "--skip-download"];
    return JSON.parse(execFileSync("checkov", args, { encoding: "utf8", maxBuffer: 2 ** 28 })) as Report;
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}

/** Returns how often each text is in one list and not in the other. */
function missing(from: string[], list: string[]): string[] {
  return list.filter((one) => !from.includes(one));
}

/** Prints what checkov says of a stack with these settings; returns whether docs/security.md says the same. */
async function judge(
  title: string,
  settings: Record<string, string>,
  exceptions: string[],
): Promise<boolean> {
  const { summary, results } = checkov(terraformOf((await evaluated(settings)).registered));
  const failed = results.failed_checks.map(
    ({ check_id: id, resource }) => `${id} ${resource.split(".").slice(1).join(".")}`,
  );
  const kinds = new Set(failed.map((one) => one.split(" ")[0])).size;
  console.log(
    `${title}: ${summary.passed} passed, ${summary.failed} failed of ${kinds} kinds (checkov ${summary.checkov_version})`,
  );
  const unknown = missing(exceptions, failed);
  const gone = missing(failed, exceptions);
  for (const one of unknown) console.log(`    ${one} fails, and docs/security.md does not say why.`);
  for (const one of gone) console.log(`    ${one} passes, and docs/security.md calls it an exception.`);
  return unknown.length + gone.length + summary.parsing_errors === 0;
}

async function main(): Promise<void> {
  try {
    execFileSync("checkov", ["--version"], { stdio: "ignore" });
  } catch {
    console.log("checkov is not there, so nothing was checked; install it with pip install checkov.");
    return;
  }
  const isPlain = await judge("default settings", {}, plainExceptions);
  const isKeyed = await judge("kmsKey: create", { kmsKey: "create" }, keyedExceptions);
  process.exitCode = isPlain && isKeyed ? 0 : 1;
}

void main();
