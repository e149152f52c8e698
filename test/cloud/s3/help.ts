/** What the tests of the S3 endpoint share. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";

/** A new temporary folder; removed by {@link removeFolders}. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "s3-test-"));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

/** Removes all folders made so far. */
export async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** The SDK's client with its defaults, pointed at an endpoint. */
export function clientOf(endpoint: string): S3Client {
  return new S3Client({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
}

/** What a promise rejects with; fails if it does not. */
export async function rejection(promise: Promise<unknown>): Promise<Refusal> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (error: Refusal) => error,
  );
}

/** The parts of an SDK error, or of a local one, that the tests look at. */
export interface Refusal extends Error {
  code?: string;
  status?: number;
  $metadata?: { httpStatusCode?: number };
}

/** Code and status of a refusal by the SDK. */
export async function refusal(promise: Promise<unknown>): Promise<[string, number | undefined]> {
  const error = await rejection(promise);
  return [error.name, error.$metadata?.httpStatusCode];
}

/** How many files lie in the folder for half-written bodies. */
export async function temporaryFilesIn(root: string): Promise<number> {
  return (await readdir(join(root, ".tmp")).catch(() => [])).length;
}
