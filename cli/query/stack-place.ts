import { AthenaClient } from "@aws-sdk/client-athena";
import { readSetting } from "../../infra/settingRules";
import type { CliOptions } from "../stack/pulumi-cli";
import { notDeployed, stackConfig, stackOutputs, stackRegion } from "../stack/stack";
import type { Place } from "./athena";

/** Returns where the queries of a deployed stack run, and the time zone of its days. */
export async function stackPlace(stack: string, cli: CliOptions): Promise<Place & { timezone: string }> {
  const { workgroupName, databaseNames } = await stackOutputs(stack, cli);
  if (!workgroupName || !databaseNames?.lake) throw notDeployed(stack, "workgroup");
  const timezone = readSetting("timezone", (await stackConfig(stack, cli)).get("timezone")?.value)!;
  const client = new AthenaClient({ region: await stackRegion(stack, cli) });
  return { client, workgroup: workgroupName, database: databaseNames.lake, timezone };
}
