/** A lake that the real transform makes of raw in this process, in a folder that `spotify-lake query --out` can ask. */
import type { GlueClient } from "@aws-sdk/client-glue";
import { cpSync } from "node:fs";
import * as path from "node:path";
import { AwsError } from "../../cloud/aws/json";
import { glueOperations } from "../../cloud/glue/glue";
import { PartitionFiles } from "../../cloud/glue/partitions";
import { tablesOf } from "../../cloud/glue/tables";
import { manifestOf, type Manifest } from "../../cloud/lake/manifest";
import { glueResources, writeFolder } from "../../cloud/localState";
import type { Program } from "../../cloud/types";
import { parseRawKey, rawPrefix } from "../../handlers/raw/format";
import type { BucketStore } from "../../handlers/shared/store";
import { glueCatalog } from "../../handlers/transform/glueCatalog";
import { seal, type SealDeps } from "../../handlers/transform/seal";
import { transform, type TransformSettings } from "../../handlers/transform/transform";
import type { TableFormat } from "../../schemas/formats";
import { evaluateProgram } from "../lib/deployed";
import { fileStore } from "./fileStore";

/** A lake, and what transform works with. */
export class BenchLake {
  readonly manifest: Manifest;
  private readonly deps: SealDeps;
  private readonly settings: TransformSettings;

  private constructor(
    readonly dir: string,
    private readonly program: Program,
    private readonly raw: BucketStore,
    private readonly format: TableFormat,
  ) {
    this.manifest = manifestOf(program);
    const { database, lakeBucket } = this.manifest;
    this.settings = { stack: "bench", format, lakeBucket };
    this.deps = {
      raw,
      lake: fileStore(path.join(dir, "s3", lakeBucket)),
      catalog: glueCatalog(glueClient(program, dir), database),
      markers: new Map(),
      ...{ log: () => undefined, now: () => Date.now(), random: () => 0.5, sleep: async () => undefined },
      remainingMs: () => Infinity,
    };
  }

  /** Makes an empty lake of the program's tables in a folder. */
  static async create(dir: string, format: TableFormat, raw: BucketStore): Promise<BenchLake> {
    const program = await evaluateProgram({
      outDir: path.join(dir, "functions"),
      settings: { tableFormat: format },
    });
    return new BenchLake(dir, program, raw, format);
  }

  /** Makes an empty lake of an evaluated program's tables in a folder. */
  static of(program: Program, dir: string, format: TableFormat, raw: BucketStore): BenchLake {
    return new BenchLake(dir, program, raw, format);
  }

  /** Copies the lake to another folder. */
  copyTo(dir: string): BenchLake {
    cpSync(this.dir, dir, { recursive: true });
    return new BenchLake(dir, this.program, this.raw, this.format);
  }

  /** Puts raw objects, and transforms their stream-days. */
  async land(objects: { key: string; body: Buffer }[]): Promise<void> {
    for (const { key, body } of objects) await this.raw.put(key, body, { ifNoneMatch: "*" });
    await this.add(objects.map(({ key }) => key));
  }

  /** Transforms the stream-days that the raw keys are of, each once. */
  async add(keys: Iterable<string>): Promise<void> {
    const streamDays = new Map<string, string>();
    for (const key of keys) {
      const streamDay = parseRawKey(key);
      if (streamDay) streamDays.set(rawPrefix(streamDay), key);
    }
    for (const key of streamDays.values())
      await transform(this.deps, this.settings, { Records: [{ s3: { object: { key } } }] });
  }

  /** Seals all months that are due at `now` (ms UTC), and a day later removes their day files. */
  async seal(now: number): Promise<void> {
    for (const time of [now, now + 86_400_000]) await seal({ ...this.deps, now: () => time }, this.settings);
  }

  /** Makes `now` (ms UTC) the time of the folder; queries take the day before as today. */
  save(now: number): void {
    const glue = glueResources(this.program.resources);
    const simulated = { version: 2, source: "simulated", seed: 1, start: now } as const;
    writeFolder(this.dir, { ...simulated, now, manifest: this.manifest, glue });
  }
}

/** Answers as Glue does, from files and without a server between. */
function glueClient({ resources }: Program, dir: string): GlueClient {
  const clock = { now: () => Date.now() };
  const operations = glueOperations(tablesOf(resources), new PartitionFiles(dir), clock);
  const send = async (command: { constructor: { name: string }; input: object }) => {
    const operation = operations[`AWSGlue.${command.constructor.name.replace(/Command$/, "")}`]!;
    try {
      return await operation(command.input as never);
    } catch (error) {
      // As the SDK names it.
      throw error instanceof AwsError ? Object.assign(error, { name: error.code }) : error;
    }
  };
  return { send } as unknown as GlueClient;
}
