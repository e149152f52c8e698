import { writeFolder } from "../../cloud/localState";
import type { Manifest } from "../../cloud/lake/manifest";
import type { Row } from "../../schemas";
import { sourceManifest } from "../../cloud/memory/sourceManifest";
import { writePartition } from "./writtenLake";

const start = Date.parse("2026-03-01T00:00:00Z");

/** A local cloud's folder in which the table gaps has `count` rows, an hour after one another, in one partition. */
export async function gapsLake(dir: string, count: number): Promise<Manifest> {
  const manifest = sourceManifest();
  writeFolder(dir, { version: 2, source: "simulated", seed: 1, start, now: start, manifest });
  const rows = Array.from({ length: count }, (_, index): Row => {
    const at = start + index * 3_600_000;
    return {
      ...{ listener_id: "me", stream: "recently_played", gap_from: at, gap_to: at + 90_500 },
      ...{
        snapshot_date: "2026-03-01",
        source: "recently_played",
        run_id: `run-${index}`,
        fetched_at: at + 100_000,
      },
    };
  });
  await writePartition(dir, { database: manifest.database, table: "gaps", month: "2026-03", rows });
  return manifest;
}
