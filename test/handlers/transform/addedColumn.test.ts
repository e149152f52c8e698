import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import * as glue from "@aws-sdk/client-glue";
import { glueCatalog } from "../../../handlers/transform/glueCatalog";
import { transform } from "../../../handlers/transform/transform";
import { glueOperations } from "../../../cloud/glue/glue";
import { serveJson } from "../../../cloud/aws/json";
import { PartitionFiles, readPartitions } from "../../../cloud/glue/partitions";
import type { LocalServer } from "../../../cloud/http";
import { Lake } from "../../../cloud/lake/lake";
import { tables, type Column } from "../../../schemas";
import { optional, partitionKey } from "../../../schemas/spec";
import { sourceManifest } from "../../../cloud/memory/sourceManifest";
import { client } from "../../support/awsClients";
import { header, object, rawObject } from "../../support/rawObjects";
import { eventOf, world } from "../../support/transformWorld";

const profiles = tables.find(({ name }) => name === "profiles")!;
const mood: Column = optional("mood", "string", "How they feel.");

for (const format of ["csv", "parquet"] as const) {
  describe(`a column that is added at the end of a table, as ${format}`, () => {
    let dir: string;
    let server: LocalServer;
    beforeEach(async () => {
      dir = fs.mkdtempSync(path.join(os.tmpdir(), "added-"));
      const known = tables.map(({ name }) => ({
        database: "test",
        name,
        keys: [partitionKey.name],
        parameters: {},
        descriptor: {},
      }));
      server = await serveJson(glueOperations(known, new PartitionFiles(dir), { now: () => 0 }));
    });
    afterEach(async () => {
      profiles.columns = profiles.columns.filter((column) => column !== mood);
      await server.close();
      fs.rmSync(dir, { recursive: true });
    });

    it("is NULL in rows of before, beside files that have it, and partitions that are made again have it", async () => {
      const here = world();
      here.deps.catalog = glueCatalog(client(glue.GlueClient, server), "test");
      const write = async (day: string, id: string) => {
        const { key, body } = rawObject("profile", 0, [header({ stream: "profile" }), object({ id })]);
        const own = key.replace(/snapshot_date=[^/]+/, `snapshot_date=${day}`);
        here.raw.objects.set(own, { body, etag: "e", metadata: {} });
        return () => transform(here.deps, { stack: "dev", format, lakeBucket: "lake" }, eventOf(own));
      };
      const answer = async (sql: string) => {
        for (const [key, { body }] of here.lake.objects) {
          const file = path.join(dir, "s3", "lake", key);
          fs.mkdirSync(path.dirname(file), { recursive: true });
          fs.writeFileSync(file, body);
        }
        const lake = await Lake.open({ ...sourceManifest(format), lakeBucket: "lake" }, dir);
        try {
          return (await lake.query(sql)).rows;
        } finally {
          lake.close();
        }
      };
      const lastColumnOf = (month: string) =>
        readPartitions(dir, "test")
          .find(({ table, values }) => table === "profiles" && values[0] === month)!
          .descriptor.Columns!.at(-1)!.Name;
      const sql = "select snapshot_date, user_id, mood from profiles order by snapshot_date";

      const [before, first, then] = [
        await write("2026-02-28", "zero"),
        await write("2026-03-04", "una"),
        await write("2026-03-05", "dos"),
      ];
      await before();
      await first();
      profiles.columns = [...profiles.columns, mood];
      await then();
      expect([lastColumnOf("2026-02"), lastColumnOf("2026-03")]).to.deep.equal(["fetched_at", "mood"]);
      const rows = [
        { snapshot_date: "2026-02-28", user_id: "zero", mood: null },
        { snapshot_date: "2026-03-04", user_id: "una", mood: null },
        { snapshot_date: "2026-03-05", user_id: "dos", mood: null },
      ];
      expect(await answer(sql)).to.deep.equal(rows);

      const [again] = await before();
      expect(again!.written).to.deep.equal([
        `g1/profiles/snapshot_month=2026-02/me-profile-2026-02-28.${format === "csv" ? "csv.gz" : "parquet"}`,
      ]);
      expect(lastColumnOf("2026-02")).to.equal("mood");
      expect(await answer(sql)).to.deep.equal(rows);
    });
  });
}
