import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import * as sdk from "@aws-sdk/client-glue";
import { crawlersIn, type Crawlers } from "../../../../cloud/glue/crawlers";
import { glueOperations } from "../../../../cloud/glue/glue";
import { serveJson } from "../../../../cloud/aws/json";
import { PartitionFiles } from "../../../../cloud/glue/partitions";
import { tablesOf } from "../../../../cloud/glue/tables";
import { Lake } from "../../../../cloud/lake/lake";
import type { LocalServer } from "../../../../cloud/http";
import { glueDescriptor } from "../../../../schemas/formats";
import { partitionKey, required, type TableSpec } from "../../../../schemas/spec";
import { client } from "../../../support/awsClients";
import { makeFolder } from "../../../support/folders";
import { resource } from "../../../support/resources";

const things: TableSpec = {
  name: "things",
  grain: "A thing.",
  dedupe: "None.",
  key: ["id"],
  columns: [required("id", "string", "Id."), required("n", "bigint", "Number.")],
};
export const descriptor = glueDescriptor(things, "csv", "s3://lake/g1/things/");

const inherit = { Partitions: { AddOrUpdateBehavior: "InheritFromTable" } };

const resources = [
  resource("aws:glue/catalogTable:CatalogTable", "things", {
    ...{ databaseName: "lake", name: "things", partitionKeys: [{ name: "snapshot_month" }] },
    parameters: descriptor.tableParameters,
    storageDescriptor: {
      ...descriptor,
      serDeInfo: {
        serializationLibrary: descriptor.serializationLibrary,
        parameters: descriptor.serdeParameters,
      },
    },
  }),
  resource(
    "aws:glue/crawler:Crawler",
    "lake",
    {
      databaseName: "lake",
      catalogTargets: [{ databaseName: "lake", tables: ["things"] }],
      schemaChangePolicy: { updateBehavior: "LOG", deleteBehavior: "LOG" },
      configuration: JSON.stringify({ CrawlerOutput: inherit }),
    },
    { name: "lake-1a2b" },
  ),
  resource(
    "aws:glue/crawler:Crawler",
    "raw",
    {
      databaseName: "lake_raw",
      s3Targets: [{ path: "s3://raw/raw/", sampleSize: 5 }],
      configuration: JSON.stringify({ CrawlerOutput: inherit, Grouping: { TableLevelConfiguration: 4 } }),
    },
    { name: "raw-1a2b" },
  ),
];

const clock = { now: () => Date.UTC(2026, 0, 1) };

/** A Glue with a crawler over the catalog and one over raw, for the tests of a suite. */
export class CrawlerWorld {
  dir!: string;
  crawlers!: Crawlers;
  glue!: sdk.GlueClient;
  private server!: LocalServer;

  async start(): Promise<void> {
    this.dir = makeFolder();
    this.crawlers = crawlersIn(resources, this.dir, clock);
    const operations = glueOperations(tablesOf(resources), new PartitionFiles(this.dir), clock);
    await this.serve(operations);
  }

  /** Serves the crawlers' operations, those of the same name replaced by these. */
  async serve(operations: Parameters<typeof serveJson>[0]): Promise<void> {
    this.server = await serveJson({ ...this.crawlers.operations(), ...operations });
    this.glue = client(sdk.GlueClient, this.server);
  }

  async stop(): Promise<void> {
    await this.server.close();
  }

  put(key: string, body: string | Buffer): void {
    const file = path.join(this.dir, "s3", key);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, body);
  }

  putThings(folder: string, file = "me-x.csv.gz"): void {
    this.put(`lake/g1/things/${folder}/${file}`, gzipSync("id\tn\na\t1\n"));
  }

  putRaw(prefix: string, ...lines: unknown[]): void {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    this.put(`raw/raw/${prefix}/a.jsonl.gz`, gzipSync(text));
  }

  async query(sql: string) {
    const tables = [{ name: "things", columns: things.columns, keys: [partitionKey.name] }];
    const manifest = { database: "lake", rawBucket: "raw", lakeBucket: "lake", tableFormat: "csv" as const };
    const lake = await Lake.open({ ...manifest, tables, views: [], queries: [] }, this.dir);
    try {
      return (await lake.query(sql)).rows;
    } finally {
      lake.close();
    }
  }
}
