import { AthenaClient } from "@aws-sdk/client-athena";
import { readSetting } from "../../infra/settingRules";
import { notDeployed, stackConfig, stackOutputs, stackRegion } from "../stack/stack";
import type { Place } from "./athena";

/** Where the queries of a deployed stack run, and the time zone in which it tells days. */
export async function stackPlace(stack: string): Promise<Place & { timezone: string }> {
  const here = { env: process.env, dir: process.cwd() };
  const { workgroupName, databaseNames } = await stackOutputs(stack, here);
  if (!workgroupName || !databaseNames?.lake) throw notDeployed(stack, "workgroup");
  const timezone = readSetting("timezone", (await stackConfig(stack, here)).get("timezone")?.value)!;
  const client = new AthenaClient({ region: await stackRegion(stack, here) });
  return { client, workgroup: workgroupName, database: databaseNames.lake, timezone };
}
