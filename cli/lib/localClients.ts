import * as path from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { administratorKey } from "../../cloud/iam/access";
import { hideNodeWarning } from "../../cloud/nodeWarning";
import { S3Server } from "../../cloud/s3/server";

/** Serves the buckets of a local cloud's folder while `use` runs. */
export async function withLocalS3<T>(out: string, use: (client: S3Client) => Promise<T>): Promise<T> {
  hideNodeWarning();
  const server = new S3Server({ root: path.join(out, "s3") });
  try {
    const endpoint = await server.start();
    return await use(new S3Client({ endpoint, region: "us-east-1", credentials: administratorKey }));
  } finally {
    await server.close();
  }
}
