import * as path from "node:path";
import { serveJson } from "../../cloud/aws/json";
import { parametersOf, ssmOperations } from "../../cloud/aws/ssm";
import { S3Server } from "../../cloud/s3/server";
import type { Program } from "../../cloud/types";
import { simulatedCredentials } from "../../simulator/accounts";
import { SpotifySimulator } from "../../simulator/server";

/** What functions call while they are measured. */
export interface Services {
  /** Variables that lead a function to them. */
  environment: Record<string, string>;
  /** Keys of the raw objects. */
  rawKeys(): Promise<string[]>;
  close(): Promise<void>;
}

/** The settings that the secrets of {@link Services} come from. */
export const secrets = {
  spotifyClientId: simulatedCredentials.clientId,
  spotifyClientSecret: simulatedCredentials.clientSecret,
  spotifyRefreshToken: simulatedCredentials.refreshToken,
};

/** Starts Spotify with a small library, and the program's empty buckets and secrets, in a folder. */
export async function startServices({ resources }: Program, dir: string): Promise<Services> {
  const s3 = new S3Server({ root: path.join(dir, "s3") });
  const buckets = resources.filter(({ type }) => type === "aws:s3/bucket:Bucket");
  for (const { outputs } of buckets) await s3.createBucket(String(outputs.bucket));
  const aws = await serveJson({
    ...ssmOperations(parametersOf(resources)),
    "AWSGlue.BatchCreatePartition": () => ({}),
  });
  const size = { playlists: 10, tracks: 1_000, saved: 500, albums: 20, followed: 20 };
  const spotify = new SpotifySimulator({ clock: { now: () => Date.now() }, seed: "archive", size });
  const url = await spotify.start();
  const rawBucket = String(buckets.find(({ name }) => name === "raw")!.outputs.bucket);
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
