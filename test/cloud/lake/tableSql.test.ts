import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { PartitionFiles } from "../../../cloud/glue/partitions";
import { tableSql } from "../../../cloud/lake/tableSql";

describe("tableSql", () => {
  it("reads days, and parts of months that are sealed, as one group of files whose folders name the month", () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "table-"));
    try {
      const partitions = new PartitionFiles(dir);
      for (const [month, place] of [
        ["2026-03", "sealed/g1/plays/snapshot_month=2026-03/31"],
        ["2026-04", "sealed/g1/plays/snapshot_month=2026-04/15"],
        ["2026-05", "g1/plays/snapshot_month=2026-05"],
      ] as const) {
        fs.mkdirSync(path.join(dir, "s3/lake", place), { recursive: true });
        fs.writeFileSync(path.join(dir, "s3/lake", place, "me-plays.parquet"), "");
        const StorageDescriptor = {
          Location: `s3://lake/${place}/`,
          InputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
          Columns: [{ Name: "id", Type: "string" }],
        };
        partitions.put("db", "plays", { Values: [month], StorageDescriptor } as never);
      }
      const table = { name: "plays", columns: [{ name: "id", type: "string" }], keys: ["snapshot_month"] };
      const sql = tableSql("db", table as never, dir, false);
      expect(sql.match(/read_parquet\(/g)).to.have.length(1);
      expect(sql).to.include("hive_partitioning = true").and.not.include("union all");
    } finally {
      fs.rmSync(dir, { recursive: true });
    }
  });
});
