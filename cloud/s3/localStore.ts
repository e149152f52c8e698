/** A bucket for the process that serves it: the same objects as over HTTP, without requests and the SDK's work on them. */
import type { BucketStore } from "../../handlers/shared/store";
import { asS3Error } from "./errors";
import type { ListQuery } from "./listing";
import type { ObjectFiles } from "./objects";

/** Returns a {@link BucketStore} over a bucket's files. It rejects with errors as the SDK's are. */
export function localStore(files: ObjectFiles, bucket: string): BucketStore {
  async function* pages(query: ListQuery) {
    let after: string | undefined;
    do {
      const page = await files.list(bucket, { ...query, after });
      yield page;
      after = page.next;
    } while (after !== undefined);
  }
  return {
    async head(key) {
      return files.head(bucket, key).catch(refused("HeadObject", key, bucket));
    },
    async list(prefix) {
      const keys: string[] = [];
      for await (const { objects } of pages({ prefix })) keys.push(...objects.map(({ key }) => key));
      return keys;
    },
    async folders(prefix) {
      const names: string[] = [];
      for await (const { commonPrefixes } of pages({ prefix, delimiter: "/" }))
        names.push(...commonPrefixes.map((found) => found.slice(prefix.length, -1)));
      return names;
    },
    async get(key) {
      const opened = await files.get(bucket, key).catch(refused("GetObject", key, bucket));
      return opened && { ...opened.info, body: opened.file.createReadStream() };
    },
    async put(key, body, condition, { contentType, metadata } = {}) {
      const headers: Record<string, string> =
        contentType === undefined ? {} : { "content-type": contentType };
      const { etag } = await files
        .put(bucket, key, body, { condition, headers, metadata })
        .catch(refused("PutObject", key, bucket));
      return etag;
    },
    async remove(keys) {
      for (const key of keys) await files.delete(bucket, key).catch(refused("DeleteObject", key, bucket));
    },
  };
}

/** Returns what makes an error of the files one that looks like the SDK's, with a message as s3Store.ts gives it. */
function refused(operation: string, key: string, bucket: string): (error: unknown) => never {
  return (error) => {
    const { status, code: name, message } = asS3Error(error);
    const sentence = `S3 refused ${operation} of ${key} in bucket ${bucket} (${status} ${name}): ${message}`;
    throw Object.assign(new Error(sentence, { cause: error }), {
      name,
      $metadata: { httpStatusCode: status },
    });
  };
}
