import type { S3Client } from "@aws-sdk/client-s3";
import { UserError } from "../../cloud/errors";

/** A version of an object; a delete marker has the size 0. */
export interface StoredVersion {
  key: string;
  versionId: string;
  /** Bytes. */
  size: number;
  isCurrent: boolean;
}

/** A bucket with all versions that it keeps. */
export interface VersionedBucket {
  /** Returns every version under a prefix, delete markers included. */
  versions(prefix: string): Promise<StoredVersion[]>;
  /** Deletes versions for good. Throws a `UserError` if any stays. */
  remove(versions: StoredVersion[]): Promise<void>;
}

/** How many objects S3 deletes in one call. */
const deletedAtOnce = 1000;

/** A bucket on S3. `sdk` is the module `@aws-sdk/client-s3`; `onRemoved` gets how many versions a call has deleted. */
export function versionedBucket(
  sdk: typeof import("@aws-sdk/client-s3"),
  client: S3Client,
  bucket: string,
  onRemoved: (count: number) => void = () => undefined,
): VersionedBucket {
  const explain = (error: unknown): never => {
    throw new UserError(`Bucket ${bucket} does not let this be done: ${(error as Error).message}`, {
      cause: error,
    });
  };
  return {
    async versions(prefix) {
      const found: StoredVersion[] = [];
      let from: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
      while (from) {
        const command: InstanceType<typeof sdk.ListObjectVersionsCommand> = new sdk.ListObjectVersionsCommand(
          {
            Bucket: bucket,
            Prefix: prefix,
            ...from,
          },
        );
        const page = await client.send(command).catch(explain);
        for (const { Key, VersionId, Size = 0, IsLatest } of page.Versions ?? [])
          found.push({ key: Key!, versionId: VersionId!, size: Size, isCurrent: IsLatest === true });
        for (const { Key, VersionId } of page.DeleteMarkers ?? [])
          found.push({ key: Key!, versionId: VersionId!, size: 0, isCurrent: false });
        from = page.IsTruncated
          ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
          : undefined;
      }
      return found;
    },
    async remove(versions) {
      for (let start = 0; start < versions.length; start += deletedAtOnce) {
        const Objects = versions
          .slice(start, start + deletedAtOnce)
          .map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
        const command = new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
        const { Errors = [] } = await client.send(command).catch(explain);
        const [first] = Errors;
        if (first)
          throw new UserError(
            `${Errors.length} objects of bucket ${bucket} could not be deleted, ${first.Key} first (${first.Code}: ${first.Message}); run this again once they can.`,
          );
        onRemoved(Objects.length);
      }
    },
  };
}
