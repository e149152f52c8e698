import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type ListObjectsV2CommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { BucketStore } from "./store";

/** The most that one DeleteObjects takes. */
const maxDeleted = 1000;

/** The parts of the SDK's errors that count here. */
interface SdkError extends Error {
  $metadata?: { httpStatusCode?: number };
}

/**
 * Returns a {@link BucketStore} over one bucket of S3. It rejects with the SDK's errors, whose messages then name operation,
 * key, bucket and status: an answer to HEAD has no body, so S3's own say nothing.
 */
export function s3Store(client: S3Client, bucket: string): BucketStore {
  const named =
    (operation: string, key: string) =>
    (error: SdkError): never => {
      const status = error.$metadata?.httpStatusCode;
      const what = `${operation} of ${key} in bucket ${bucket}`;
      error.message =
        status === undefined
          ? `S3 did not answer ${what}: ${error.message}`
          : `S3 refused ${what} (${status} ${error.name}): ${error.message}`;
      throw error;
    };
  const unlessMissing = (operation: string, key: string) => (error: SdkError) => {
    const isMissing = error.$metadata?.httpStatusCode === 404 && error.name !== "NoSuchBucket";
    return isMissing ? undefined : named(operation, key)(error);
  };
  /** Yields the pages of a listing; `what` names it in errors. */
  async function* pages(what: string, asked: Pick<ListObjectsV2CommandInput, "Prefix" | "Delimiter">) {
    let token: string | undefined;
    do {
      const page = await client
        .send(new ListObjectsV2Command({ Bucket: bucket, ...asked, ContinuationToken: token }))
        .catch(named("ListObjectsV2", what));
      yield page;
      token = page.NextContinuationToken;
    } while (token);
  }
  return {
    async head(key) {
      const answer = await client
        .send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
        .catch(unlessMissing("HeadObject", key));
      return answer && { etag: answer.ETag!, metadata: answer.Metadata ?? {} };
    },
    async list(prefix) {
      const keys: string[] = [];
      for await (const { Contents = [] } of pages(`${prefix}*`, { Prefix: prefix }))
        keys.push(...Contents.map((object) => object.Key!));
      return keys;
    },
    async folders(prefix) {
      const names: string[] = [];
      for await (const { CommonPrefixes = [] } of pages(`${prefix}*/`, { Prefix: prefix, Delimiter: "/" }))
        names.push(...CommonPrefixes.map((found) => found.Prefix!.slice(prefix.length, -1)));
      return names;
    },
    async get(key) {
      const answer = await client
        .send(new GetObjectCommand({ Bucket: bucket, Key: key }))
        .catch(unlessMissing("GetObject", key));
      return (
        answer && {
          body: answer.Body as NodeJS.ReadableStream,
          etag: answer.ETag!,
          metadata: answer.Metadata ?? {},
          size: answer.ContentLength,
        }
      );
    },
    async put(key, body, condition, options = {}) {
      const answer = await client
        .send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: body,
            ...("ifMatch" in condition ? { IfMatch: condition.ifMatch } : { IfNoneMatch: "*" }),
            ContentType: options.contentType,
            Metadata: options.metadata,
          }),
        )
        .catch(named("PutObject", key));
      return answer.ETag!;
    },
    async remove(keys) {
      for (let start = 0; start < keys.length; start += maxDeleted) {
        const Objects = keys.slice(start, start + maxDeleted).map((Key) => ({ Key }));
        const { Errors = [] } = await client
          .send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }))
          .catch(named("DeleteObjects", `${keys[start]} and others`));
        const [first] = Errors;
        if (first) throw new Error(`S3 refused to delete ${first.Key} in bucket ${bucket}: ${first.Message}`);
      }
    },
  };
}
