/**
 * Lists every permission of the program's roles with what a full run first used it for, by default and with all that
 * needs further ones. Exits with 1 if one is unused, or not needed.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { RoleGrant } from "../../cloud/iam/access";
import { fullRun } from "../support/fullRun";
import { nameOf, unneeded } from "../support/grants";
import { plainSettings } from "../support/plainSettings";
import { planted } from "../support/plantedSecrets";

const everything = {
  sources: JSON.stringify(["me", "artist_details"]),
  extendedQuota: "true",
  kmsKey: "create",
};

/** Returns what the roles allow, after everything that a stack with these settings ever does. */
async function grantsWith(settings: Record<string, string>): Promise<RoleGrant[]> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "grants-"));
  try {
    const { cloud } = await fullRun(dir, planted, settings);
    await cloud.stop();
    return cloud.access.grants;
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}

async function main(): Promise<void> {
  for (const settings of [plainSettings, everything]) {
    const grants = await grantsWith(settings);
    console.log(`\nSettings: ${JSON.stringify(settings)}`);
    for (const grant of grants)
      console.log(`${nameOf(grant)}\n    ${grant.firstUse?.resource ?? "NEVER USED"}`);
    const unused = grants.filter(({ firstUse }) => !firstUse);
    const others = unneeded(grants).filter(({ firstUse }) => firstUse);
    console.log(
      `${grants.length} permissions, ${unused.length} of them never used, ${others.length} used but not needed.`,
    );
    for (const grant of others) console.log(`NOT NEEDED ${nameOf(grant)}`);
    if (unused.length + others.length > 0) process.exitCode = 1;
  }
}

void main();
