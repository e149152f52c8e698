import * as fs from "node:fs";
import * as path from "node:path";
import { encodeTable } from "../../handlers/transform/files/encode";
import { PartitionFiles } from "../../cloud/glue/partitions";
import { writeFolder } from "../../cloud/localState";
import type { Manifest } from "../../cloud/lake/manifest";
import { tables, type Row } from "../../schemas";
import { glueDescriptor } from "../../schemas/formats";
import { sourceManifest } from "../../cloud/memory/sourceManifest";

const start = Date.parse("2026-03-01T00:00:00Z");

/** A local cloud's folder in which the table gaps has `count` rows, an hour after one another, in one partition. */
export async function gapsLake(dir: string, count: number): Promise<Manifest> {
  const manifest = sourceManifest();
  writeFolder(dir, { version: 2, source: "simulated", seed: 1, start, now: start, manifest });
  const table = tables.find(({ name }) => name === "gaps")!;
  const rows = Array.from({ length: count }, (_, index): Row => {
    const at = start + index * 3_600_000;
    return {
      ...{ listener_id: "me", stream: "recently_played", gap_from: at, gap_to: at + 90_500 },
      ...{ source: "recently_played", run_id: `run-${index}`, fetched_at: at + 100_000 },
    };
  });
  const location = "lake/g1/gaps/snapshot_month=2026-03/";
  fs.mkdirSync(path.join(dir, "s3", location), { recursive: true });
  fs.writeFileSync(
    path.join(dir, "s3", location, "me-recently_played.parquet"),
    await encodeTable(table, rows, "parquet", "digest"),
  );
  const { inputFormat, columns } = glueDescriptor(table, "parquet", "");
  new PartitionFiles(dir).put(manifest.database, "gaps", {
    Values: ["2026-03-01"],
    CreationTime: 0,
    StorageDescriptor: {
      Location: `s3://${location}`,
      InputFormat: inputFormat,
      Columns: columns.map(({ name, type }) => ({ Name: name, Type: type })),
    },
  });
  return manifest;
}
