import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { Store } from "./store";

/** Returns a {@link Store} over one bucket of S3. */
export function s3Store(client: S3Client, bucket: string): Store {
  const missing = (error: unknown) => {
    if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404)
      return undefined;
    throw error;
  };
  return {
    async head(key) {
      const answer = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).catch(missing);
      return answer && { etag: answer.ETag!, metadata: answer.Metadata ?? {} };
    },
    async list(prefix) {
      const keys: string[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
        );
        keys.push(...(page.Contents ?? []).map((object) => object.Key!));
        token = page.NextContinuationToken;
      } while (token);
      return keys;
    },
    async get(key) {
      const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key })).catch(missing);
      return answer && { body: answer.Body as NodeJS.ReadableStream, etag: answer.ETag! };
    },
    async put(key, body, condition, options = {}) {
      const answer = await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ...("ifMatch" in condition ? { IfMatch: condition.ifMatch } : { IfNoneMatch: "*" }),
          ContentType: options.contentType,
          Metadata: options.metadata,
        }),
      );
      return answer.ETag!;
    },
  };
}
