import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { formatOf, type TableFormat } from "../schemas/formats";

/** A table that a lake has had from its beginning. */
const oldTable = "container_reads";

/**
 * The format for a lake's tables: `wanted`, once it is sure that a live lake in that database has no other. Its files and
 * partitions would stay as they are, under tables that say otherwise. Fails with a `pulumi.RunError`; whatever is made
 * of this output then stays as it is, too.
 */
export function assertFormatUnchanged(database: string, wanted: TableFormat): pulumi.Output<TableFormat> {
  return pulumi.output(
    liveFormat(database).then((live) => {
      if (live === undefined || live === wanted) return wanted;
      throw new pulumi.RunError(
        `The lake in database ${database} holds ${live} tables, but the setting tableFormat is ${wanted}: set it to ${live}, or raise generation in schemas/index.ts and run npm run docs.`,
      );
    }),
  );
}

/** The format of the tables in a Glue database, or undefined if there are none yet. */
async function liveFormat(databaseName: string): Promise<TableFormat | undefined> {
  const table = await aws.glue.getCatalogTable({ databaseName, name: oldTable }).catch((error: Error) => {
    // In the words of older and newer versions of the provider; glue:GetTable answers EntityNotFoundException.
    if (/No Glue table|couldn't find resource|EntityNotFoundException/i.test(error.message)) return undefined;
    throw error;
  });
  return table && formatOf(table.storageDescriptors[0]?.inputFormat);
}
