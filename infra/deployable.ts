import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { generation } from "../schemas";
import { formatOf, type TableFormat } from "../schemas/formats";
import { deployRefusal, earlierGenerations, readLock, schemasFolder } from "./generations";
import { lakeDatabaseName } from "./names";
import { readSettings } from "./settings";

/** A table that every generation of the lake has. */
const everyLakesTable = "container_reads";

/** How many newer generations are looked for: those between may have been removed. */
const newerLookedFor = 5;

/**
 * Makes sure that the program may be deployed over what is live. Throws a `pulumi.RunError` with one sentence for each
 * wrong setting; or one about specs that contradict the lock or cannot be read, about a live lake of a newer generation or
 * another format, or about Glue, if it does not say what is live.
 */
export async function assertDeployable(specs = schemasFolder): Promise<void> {
  assertSpecs(specs);
  const { tableFormat } = readSettings();
  const newer = Array.from({ length: newerLookedFor }, (_, more) => generation + 1 + more);
  await assertFormatUnchanged(tableFormat);
  await Promise.all(newer.map(assertNotLive));
}

function assertSpecs(folder: string): void {
  let refusal;
  try {
    refusal = deployRefusal(readLock(folder));
    earlierGenerations(folder);
  } catch (error) {
    throw new pulumi.RunError((error as Error).message);
  }
  if (refusal !== undefined) throw new pulumi.RunError(refusal);
}

/** Files and partitions of another format would stay as they are, under tables that say otherwise. */
async function assertFormatUnchanged(wanted: TableFormat): Promise<void> {
  const database = lakeDatabaseName(generation);
  const live = await liveFormat(database);
  if (live !== undefined && live !== wanted)
    throw new pulumi.RunError(
      `The lake in database ${database} holds ${live} tables, but the setting tableFormat is ${wanted}: set it to ${live}, or raise generation in schemas/index.ts and run npm run docs.`,
    );
}

/** An older version of the program does not declare the database of a newer generation, so Pulumi would delete it. */
async function assertNotLive(newer: number): Promise<void> {
  const database = lakeDatabaseName(newer);
  if ((await liveFormat(database)) !== undefined)
    throw new pulumi.RunError(
      `The lake has generation ${newer} in database ${database}, but these sources make generation ${generation} and would delete it: deploy the version that made it, or a later one.`,
    );
}

/**
 * Returns the format of the tables in a Glue database, or undefined if there are none yet. Throws a `pulumi.RunError` if
 * Glue does not say.
 */
async function liveFormat(databaseName: string): Promise<TableFormat | undefined> {
  try {
    const table = await aws.glue.getCatalogTable({ databaseName, name: everyLakesTable });
    return formatOf(table.storageDescriptors[0]?.inputFormat);
  } catch (error) {
    const { message } = error as Error;
    // In the words of older and newer versions of the provider; glue:GetTable answers EntityNotFoundException.
    if (/No Glue table|couldn't find resource|EntityNotFoundException/i.test(message)) return undefined;
    throw new pulumi.RunError(`${whatToDo(message, databaseName)} Glue's answer: ${reasonIn(message)}`);
  }
}

function whatToDo(message: string, database: string): string {
  return /AccessDenied|not authorized|Lake Formation/i.test(message)
    ? `Nobody allows this deployment to see the table ${everyLakesTable} in database ${database}: grant it glue:GetTable and glue:GetPartitionIndexes, and DESCRIBE in Lake Formation if the account uses that.`
    : `Glue does not say whether database ${database} holds a lake: check the AWS credentials, the region and the network.`;
}

/** Returns the last of the causes that the provider strings together, without line breaks. */
function reasonIn(message: string): string {
  const text = message
    .split(/\n\s*\* /)
    .at(-1)!
    .replace(/\s+/g, " ")
    .trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
