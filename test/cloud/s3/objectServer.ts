import {
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { S3Server } from "../../../cloud/s3/server";
import { clientOf, newFolder, removeFolders } from "./help";

/** The time of the server. */
export const now = Date.UTC(2026, 2, 1, 12, 0, 0, 250);

/** A server with a bucket, raw, for the tests of a suite, and calls to it. */
export function objectServer() {
  let folder: string;
  let address: string;
  let server: S3Server;
  let client: S3Client;

  before(async () => {
    folder = await newFolder();
    server = new S3Server({ root: folder, clock: { now: () => now } });
    await server.createBucket("raw");
    address = await server.start();
    client = clientOf(address);
  });
  after(async () => {
    client.destroy();
    await server.close();
    await removeFolders();
  });

  const get = (Key: string, more: Partial<GetObjectCommandInput> = {}) =>
    client.send(new GetObjectCommand({ Bucket: "raw", Key, ...more }));
  return {
    root: () => folder,
    url: () => address,
    s3: () => client,
    put: (Key: string, Body: PutObjectCommandInput["Body"], more: Partial<PutObjectCommandInput> = {}) =>
      client.send(new PutObjectCommand({ Bucket: "raw", Key, Body, ...more })),
    get,
    head: (Key: string) =>
      client.send(new HeadObjectCommand({ Bucket: "raw", Key, ChecksumMode: "ENABLED" })),
    text: async (Key: string, more: Partial<GetObjectCommandInput> = {}) =>
      (await get(Key, more)).Body!.transformToString(),
  };
}
