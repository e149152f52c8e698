import * as path from "node:path";
import { serveJson } from "../../cloud/aws/json";
import { parametersOf, ssmOperations } from "../../cloud/aws/ssm";
import { glueOperations } from "../../cloud/glue/glue";
import { PartitionFiles } from "../../cloud/glue/partitions";
import { tablesOf } from "../../cloud/glue/tables";
import { S3Server } from "../../cloud/s3/server";
import type { Program } from "../../cloud/types";
import { SpotifySimulator } from "../../simulator/server";
import { bucketNamed, bucketsOf } from "../lib/deployed";

/** What functions call while they are measured. */
export interface Services {
  /** Variables that lead a function to them. */
  environment: Record<string, string>;
  /** Keys of the raw objects. */
  rawKeys(): Promise<string[]>;
  close(): Promise<void>;
}

/** Starts Spotify with a small library, and the program's empty buckets and secrets, in a folder. */
export async function startServices({ resources }: Program, dir: string): Promise<Services> {
  const s3 = new S3Server({ root: path.join(dir, "s3") });
  for (const { outputs } of bucketsOf(resources)) await s3.createBucket(String(outputs.bucket));
  const aws = await serveJson({
    ...ssmOperations(parametersOf(resources)),
    ...glueOperations(tablesOf(resources), new PartitionFiles(dir), { now: () => Date.now() }),
  });
  const size = { playlists: 10, tracks: 1_000, saved: 500, albums: 20, followed: 20 };
  const spotify = new SpotifySimulator({ clock: { now: () => Date.now() }, seed: "archive", size });
  const url = await spotify.start();
  const rawBucket = bucketNamed(resources, "raw");
  return {
    environment: {
      AWS_ENDPOINT_URL_S3: await s3.start(),
      AWS_ENDPOINT_URL: `http://${aws.address}`,
      SPOTIFY_API_URL: url,
      SPOTIFY_ACCOUNTS_URL: url,
    },
    rawKeys: async () => (await s3.files.list(rawBucket, { prefix: "raw/" })).objects.map(({ key }) => key),
    close: async () => void (await Promise.all([s3.close(), aws.close(), spotify.close()])),
  };
}
