/**
 * Multipart uploads: `<root>/.uploads/<id>/` holds `upload.json` and a file per part, named `<number>-<md5>`, until the
 * parts are joined to an object. They outlive a restart, as they do on S3.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Check, verified } from "./checksums";
import { type Body, type Draft, writeDraft } from "./drafts";
import { ignoreMissing, S3Error } from "./errors";
import type { ObjectFiles, PutOptions } from "./objects";
import type { ObjectInfo } from "./sidecars";
import { Turns } from "./turns";

/** S3's least size of every part but the last. */
const LEAST_PART = 5 * 1024 * 1024;

/** Which upload a request means. */
export interface UploadId {
  bucket: string;
  key: string;
  id: string;
}

/** A part as the completing request names it. */
export interface NamedPart {
  number: number;
  /** With or without quotes. */
  etag: string;
  /** Checksums of the part to verify once more. */
  checks: Check[];
}

/** What the object will carry, given when the upload begins. */
type ObjectHeaders = Pick<PutOptions, "headers" | "metadata">;

interface StoredPart extends NamedPart {
  path: string;
  md5: string;
}

/** The multipart uploads of one root. */
export class Uploads {
  private readonly folder: string;
  private readonly turns = new Turns();

  constructor(
    root: string,
    private readonly files: ObjectFiles,
  ) {
    this.folder = join(resolve(root), ".uploads");
  }

  /** Begins an upload and returns its id. */
  async create(bucket: string, key: string, carried: ObjectHeaders): Promise<string> {
    const id = randomUUID();
    await mkdir(join(this.folder, id), { recursive: true });
    await writeFile(join(this.folder, id, "upload.json"), JSON.stringify({ bucket, key, carried }));
    return id;
  }

  /** Stores a part; one of the same number is replaced. */
  async putPart(upload: UploadId, number: number, body: Body): Promise<Draft> {
    await this.open(upload);
    const draft = await writeDraft(this.files.drafts, body);
    try {
      await this.turns.take(upload.id, async () => {
        const folder = await this.open(upload).then((opened) => opened.folder);
        const name = `${number}-${draft.md5}`;
        await rename(draft.path, join(folder, name));
        for (const other of await readdir(folder))
          if (other.startsWith(`${number}-`) && other !== name) await rm(join(folder, other));
      });
      return draft;
    } catch (error) {
      await rm(draft.path, { force: true });
      throw error;
    }
  }

  /** Joins the parts to an object and ends the upload; if anything is refused, the upload stays as it is. */
  async complete(
    upload: UploadId,
    named: NamedPart[],
    condition: PutOptions["condition"],
    checks: Check[],
  ): Promise<ObjectInfo> {
    return this.turns.take(upload.id, async () => {
      const { folder, carried } = await this.open(upload);
      const parts = await findParts(folder, named);
      const info = await this.files.put(upload.bucket, upload.key, verified(joined(parts), checks), {
        ...carried,
        condition,
        etag: multipartEtag(parts),
        cause: "CompleteMultipartUpload",
      });
      await rm(folder, { recursive: true, force: true });
      return info;
    });
  }

  /** Ends an upload and drops its parts. */
  async abort(upload: UploadId): Promise<void> {
    await this.turns.take(upload.id, async () => {
      const { folder } = await this.open(upload);
      await rm(folder, { recursive: true, force: true });
    });
  }

  private async open({ bucket, key, id }: UploadId): Promise<{ folder: string; carried: ObjectHeaders }> {
    const folder = join(this.folder, id);
    const text = /^[0-9a-f-]{36}$/.test(id)
      ? await readFile(join(folder, "upload.json"), "utf8").catch(ignoreMissing)
      : undefined;
    const stored = text && (JSON.parse(text) as { bucket: string; key: string; carried: ObjectHeaders });
    if (!stored || stored.bucket !== bucket || stored.key !== key)
      throw new S3Error(
        404,
        "NoSuchUpload",
        `There is no multipart upload "${id}" of "${key}": it was completed, aborted or never begun.`,
      );
    return { folder, carried: stored.carried };
  }
}

async function findParts(folder: string, named: NamedPart[]): Promise<StoredPart[]> {
  if (named.some((part, i) => i > 0 && part.number <= named[i - 1]!.number))
    throw new S3Error(
      400,
      "InvalidPartOrder",
      "The parts must be listed in ascending order of their numbers.",
    );
  const parts: StoredPart[] = [];
  for (const [i, part] of named.entries()) {
    const md5 = part.etag.replaceAll('"', "");
    const path = join(folder, `${part.number}-${md5}`);
    const stats = /^[0-9a-f]{32}$/.test(md5) ? await stat(path).catch(ignoreMissing) : undefined;
    if (!stats)
      throw new S3Error(
        400,
        "InvalidPart",
        `Part ${part.number} with the ETag ${part.etag} was not uploaded, or was replaced since.`,
      );
    if (stats.size < LEAST_PART && i < named.length - 1)
      throw new S3Error(
        400,
        "EntityTooSmall",
        `Part ${part.number} has ${stats.size} bytes: all but the last need 5 MiB.`,
      );
    parts.push({ ...part, path, md5 });
  }
  return parts;
}

async function* joined(parts: StoredPart[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield* verified(createReadStream(part.path), part.checks);
}

/** S3's form: the md5 of the parts' md5s, and how many there are. */
function multipartEtag(parts: StoredPart[]): string {
  const hash = createHash("md5");
  for (const { md5 } of parts) hash.update(md5, "hex");
  return `"${hash.digest("hex")}-${parts.length}"`;
}
