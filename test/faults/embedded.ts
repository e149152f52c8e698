import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Readable } from "node:stream";
import { glueOperations } from "../../cloud/glue/glue";
import { AwsError, type Operations } from "../../cloud/aws/json";
import { PartitionFiles, type StoredPartition } from "../../cloud/glue/partitions";
import { S3Error } from "../../cloud/s3/errors";
import { ObjectFiles } from "../../cloud/s3/objects";
import type { Clock } from "../../cloud/types";
import type { BucketStore } from "../../handlers/shared/store";
import { tables } from "../../schemas";
import { partitionKey } from "../../schemas/spec";
import { s3Error, type StoredObject } from "../../cloud/memory/memoryStore";

/** A bucket of the embedded cloud, with its objects to be looked at between any two operations. */
export interface Bucket extends BucketStore {
  objects: ReadonlyMap<string, StoredObject>;
}

/** In memory where there is such a folder: that halves the time of a run. */
const temporary = process.env.TMPDIR ?? (fs.existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir());

/** Name of the lake's database. */
export const database = "lake";

/** S3 and Glue of the embedded cloud in this process, over a folder that {@link close} removes. */
export class EmbeddedParts {
  readonly dir = fs.mkdtempSync(path.join(temporary, "faults-"));
  /** Called whenever partitions of a table may have changed. */
  onPartitionChange: (table: string) => void = () => undefined;
  private readonly files: ObjectFiles;
  private readonly partitionFiles = new PartitionFiles(this.dir);
  private readonly glue: Operations;
  /** By table; what Glue was asked to change is read anew. */
  private readonly known = new Map<string, StoredPartition[]>();

  constructor(clock: Clock) {
    this.files = new ObjectFiles({ root: path.join(this.dir, "s3"), clock });
    const common = { database, keys: [partitionKey.name], parameters: {}, descriptor: {} };
    const declared = tables.map(({ name }) => ({ ...common, name }));
    this.glue = glueOperations(declared, this.partitionFiles, clock);
  }

  close(): void {
    fs.rmSync(this.dir, { recursive: true });
  }

  /** A bucket of the embedded S3. */
  bucket(name: string): Bucket {
    return fileBucket(this.files, name);
  }

  /** Answers a Glue command of the SDK; errors are as the SDK throws them. */
  async answer(command: { constructor: { name: string }; input: object }): Promise<object> {
    const target = `AWSGlue.${command.constructor.name.replace(/Command$/, "")}`;
    try {
      const answer = await this.glue[target]!(command.input as never);
      const { TableName: table } = command.input as { TableName?: string };
      if (table !== undefined && !target.includes("Get")) {
        this.known.delete(table);
        this.onPartitionChange(table);
      }
      return answer;
    } catch (error) {
      throw error instanceof AwsError ? Object.assign(new Error(error.message), { name: error.code }) : error;
    }
  }

  /** The registered partitions of a table. */
  partitions(table: string): StoredPartition[] {
    const found = this.known.get(table) ?? this.partitionFiles.list(database, table);
    this.known.set(table, found);
    return found;
  }

  /** The keys that the locations of a table's partitions begin with: what an engine reads. */
  locations(table: string): string[] {
    return this.partitions(table).map(({ StorageDescriptor }) => {
      const { pathname } = new URL(StorageDescriptor!.Location!);
      return pathname.slice(1);
    });
  }
}

function fileBucket(files: ObjectFiles, bucket: string): Bucket {
  const objects = new Map<string, StoredObject>();
  let made: Promise<void> | undefined;
  const ready = () => (made ??= files.createBucket(bucket));
  return {
    objects,
    async head(key) {
      await ready();
      return files.head(bucket, key);
    },
    async list(prefix) {
      await ready();
      const keys: string[] = [];
      let after: string | undefined;
      do {
        const page = await files.list(bucket, { prefix, after });
        keys.push(...page.objects.map(({ key }) => key));
        after = page.next;
      } while (after !== undefined);
      return keys;
    },
    async get(key) {
      await ready();
      const found = await files.get(bucket, key);
      if (!found) return undefined;
      const body = await found.file.readFile().finally(() => found.file.close());
      return { body: Readable.from([body]), etag: found.info.etag, metadata: found.info.metadata };
    },
    async put(key, body, condition, { metadata = {} } = {}) {
      await ready();
      try {
        const { etag } = await files.put(bucket, key, body, { condition, metadata });
        objects.set(key, { body: Buffer.from(body), etag, metadata });
        return etag;
      } catch (error) {
        throw error instanceof S3Error ? s3Error(error.code, error.status) : error;
      }
    },
    async folders(prefix) {
      await ready();
      const { commonPrefixes } = await files.list(bucket, { prefix, delimiter: "/" });
      return commonPrefixes.map((found) => found.slice(prefix.length, -1));
    },
    async remove(keys) {
      for (const key of keys) {
        await files.delete(bucket, key);
        objects.delete(key);
      }
    },
  };
}
