/** Lists every permission of the program's roles with what a full run first used it for; exits with 1 if one is unused. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { fullRun } from "../support/fullRun";
import { planted } from "../support/plantedSecrets";

async function main(): Promise<void> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "grants-"));
  try {
    const { cloud } = await fullRun(dir, planted);
    const { grants } = cloud.access;
    await cloud.stop();
    const unused = grants.filter(({ firstUse }) => !firstUse);
    for (const { role, action, resource, firstUse } of grants)
      console.log(`${role}: ${action} on ${resource}\n    ${firstUse?.resource ?? "NEVER USED"}`);
    console.log(`${grants.length} permissions, ${unused.length} of them never used.`);
    process.exitCode = unused.length > 0 ? 1 : 0;
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}

void main();
