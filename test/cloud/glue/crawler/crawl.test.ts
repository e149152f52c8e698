import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import * as sdk from "@aws-sdk/client-glue";
import { expect } from "chai";
import { glueCatalog } from "../../../../handlers/transform/glueCatalog";
import { crawlersIn, type Crawlers } from "../../../../cloud/glue/crawlers";
import { glueOperations } from "../../../../cloud/glue/glue";
import { AwsError, serveJson } from "../../../../cloud/aws/json";
import { PartitionFiles, readPartitions } from "../../../../cloud/glue/partitions";
import { TableFiles, tablesOf } from "../../../../cloud/glue/tables";
import { askCrawler } from "../../../../cloud/glue/crawler/ask";
import { UserError } from "../../../../cloud/errors";
import { Lake } from "../../../../cloud/lake/lake";
import type { LocalServer } from "../../../../cloud/http";
import { glueDescriptor } from "../../../../schemas/formats";
import { required, type TableSpec } from "../../../../schemas/spec";
import { client } from "../../../support/awsClients";
import { makeFolder } from "../../../support/archives";
import { resource } from "../../../support/resources";

const things: TableSpec = {
  name: "things",
  grain: "A thing.",
  dedupe: "None.",
  key: ["id"],
  columns: [required("id", "string", "Id."), required("n", "bigint", "Number.")],
};
const descriptor = glueDescriptor(things, "csv", "s3://lake/g1/things/");
const inherit = { Partitions: { AddOrUpdateBehavior: "InheritFromTable" } };
const resources = [
  resource("aws:glue/catalogTable:CatalogTable", "things", {
    ...{ databaseName: "lake", name: "things", partitionKeys: [{ name: "snapshot_date" }] },
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
const nothing = { tablesAdded: 0, tablesUpdated: 0, partitionsAdded: 0, partitionsUpdated: 0 };

describe("crawlers", () => {
  let dir: string;
  let crawlers: Crawlers;
  let server: LocalServer;
  let glue: sdk.GlueClient;

  beforeEach(async () => {
    dir = makeFolder();
    crawlers = crawlersIn(resources, dir, clock);
    const operations = glueOperations(tablesOf(resources), new PartitionFiles(dir), clock);
    server = await serveJson({ ...operations, ...crawlers.operations() });
    glue = client(sdk.GlueClient, server);
  });
  afterEach(() => server.close());

  function put(key: string, body: string | Buffer) {
    const file = path.join(dir, "s3", key);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, body);
  }
  const putThings = (folder: string, file = "me-x.csv.gz") =>
    put(`lake/g1/things/${folder}/${file}`, gzipSync("id\tn\na\t1\n"));
  const putRaw = (prefix: string, ...lines: unknown[]) =>
    put(`raw/raw/${prefix}/a.jsonl.gz`, gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join("")));
  const days = () => readPartitions(dir, "lake").map(({ values }) => values[0]);
  const changes = async (name: string) => (await crawlers.start(name)).changes;
  async function query(sql: string) {
    const tables = [{ name: "things", columns: things.columns }];
    const manifest = { database: "lake", rawBucket: "raw", lakeBucket: "lake", tableFormat: "csv" as const };
    const lake = await Lake.open({ ...manifest, tables, views: [], queries: [] }, dir);
    try {
      return (await lake.query(sql)).rows;
    } finally {
      lake.close();
    }
  }

  describe("over the catalog", () => {
    it("registers what was copied in by hand, once, for everyone who asks", async () => {
      putThings("snapshot_date=2026-01-01");
      putThings("snapshot_date=2026-01-02");
      expect(await query("select * from things")).to.deep.equal([]);
      expect(await changes("lake")).to.deep.equal({ ...nothing, partitionsAdded: 2 });
      expect(await query("select id, n, snapshot_date from things order by 3")).to.deep.equal([
        { id: "a", n: 1, snapshot_date: "2026-01-01" },
        { id: "a", n: 1, snapshot_date: "2026-01-02" },
      ]);
      expect(await changes("lake")).to.deep.equal(nothing);
    });

    it("passes over hidden names, folders of another shape and empty ones", async () => {
      putThings("snapshot_date=2026-01-01");
      for (const folder of ["_tmp", ".hidden=1", "2026-01-02", "day=2026-01-02", "snapshot_date=", "a=b=c"])
        putThings(folder);
      putThings("snapshot_date=2026-01-03", "_SUCCESS");
      put("lake/g1/things/snapshot_date=2026-01-04/empty.csv.gz", "");
      mkdirSync(path.join(dir, "s3/lake/g1/things/snapshot_date=2026-01-05"));
      putThings("snapshot_date=2026-01-06/deeper");
      await crawlers.start("lake");
      expect(days()).to.deep.equal(["2026-01-01"]);
    });

    it("gives partitions that differ their table's columns, and takes none away", async () => {
      const catalog = glueCatalog(glue, "lake");
      const old = { ...descriptor, columns: descriptor.columns.slice(0, 1) };
      const at = (day: string) => `s3://lake/g1/things/snapshot_date=${day}/`;
      await catalog.register("things", "2026-01-01", { ...old, location: at("2026-01-01") }, 3);
      await catalog.register("things", "2026-01-02", { ...descriptor, location: at("2026-01-02") }, 3);
      put("lake/g1/things/snapshot_date=2026-01-01/x.csv.gz", gzipSync("id\na\n"));
      expect(await changes("lake")).to.deep.equal({ ...nothing, partitionsUpdated: 1 });
      const first = new PartitionFiles(dir).get("lake", "things", ["2026-01-01"])!;
      expect(first.StorageDescriptor!.Columns).to.have.length(2);
      expect(first.Parameters).to.deep.equal({ ...descriptor.tableParameters, program_version: "3" });
      expect(days()).to.deep.equal(["2026-01-01", "2026-01-02"]);
      expect(await query("select id, n from things")).to.deep.equal([{ id: "a", n: null }]);
    });

    it("gets along with a transform that registers the same partitions", async () => {
      const catalog = glueCatalog(glue, "lake");
      const all = Array.from({ length: 20 }, (_, index) => `2026-01-${String(index + 1).padStart(2, "0")}`);
      const registered = all.map((day) => {
        putThings(`snapshot_date=${day}`);
        const location = `s3://lake/g1/things/snapshot_date=${day}/`;
        return () => catalog.register("things", day, { ...descriptor, location }, 2);
      });
      const half = registered.length / 2;
      const early = registered.slice(0, half).map((register) => register());
      const crawl = crawlers.start("lake");
      await Promise.all([...early, crawl, ...registered.slice(half).map((register) => register())]);
      expect(days()).to.deep.equal(all);
      for (const day of all) {
        const { Parameters } = new PartitionFiles(dir).get("lake", "things", [day])!;
        expect(Parameters).to.deep.equal({ ...descriptor.tableParameters, program_version: "2" });
      }
      expect(await changes("lake")).to.deep.equal(nothing);
    });
  });

  describe("over raw", () => {
    const page = {
      kind: "page",
      read_seq: 1,
      body: { items: [{ id: "1", plays: 2, loud: true, at: "2026-01-01" }] },
    };

    it("makes a table of each stream, its columns read off the lines", async () => {
      putRaw("me/saved_tracks/snapshot_date=2026-01-01", { kind: "header", listener: "me" }, page);
      putRaw("me/plays/snapshot_date=2026-01-01", {
        kind: "gap",
        from: "2026-01-01T00:00:00Z",
        "odd:key": { "a:b": 1 },
      });
      put("raw/state/extract.json", "{}");
      expect(await changes("raw")).to.deep.equal({ ...nothing, tablesAdded: 2, partitionsAdded: 2 });
      const types = new TableFiles(dir)
        .list()
        .map(({ name, descriptor }) => [
          name,
          ...descriptor.Columns!.map(({ Name, Type }) => `${Name} ${Type}`),
        ]);
      expect(types).to.deep.equal([
        ["plays", "kind string", "from string", "odd:key string"],
        [
          ...["saved_tracks", "kind string", "listener string", "read_seq bigint"],
          "body struct<items:array<struct<id:string,plays:bigint,loud:boolean,at:string>>>",
        ],
      ]);
      expect(
        await query(
          "select kind, body.items[1].plays as plays, snapshot_date from lake_raw.saved_tracks order by kind",
        ),
      ).to.deep.equal([
        { kind: "header", plays: null, snapshot_date: "2026-01-01" },
        { kind: "page", plays: 2, snapshot_date: "2026-01-01" },
      ]);
    });

    it("changes nothing the second time, and follows a new shape", async () => {
      putRaw("me/plays/snapshot_date=2026-01-01", { kind: "page" });
      await crawlers.start("raw");
      expect(await changes("raw")).to.deep.equal(nothing);
      putRaw("me/plays/snapshot_date=2026-01-02", { kind: "page", more: 1.5 });
      const changed = { tablesUpdated: 1, partitionsAdded: 1, partitionsUpdated: 1 };
      expect(await changes("raw")).to.deep.equal({ ...nothing, ...changed });
      expect(await query("select max(more) as more, count(*) as n from lake_raw.plays")).to.deep.equal([
        { more: 1.5, n: 2 },
      ]);
    });

    it("keeps the tables of two listeners apart, whoever came first", async () => {
      putRaw("ben/plays/snapshot_date=2026-01-01", { n: 1 });
      await crawlers.start("raw");
      putRaw("ann/plays/snapshot_date=2026-01-01", { n: 2 });
      await crawlers.start("raw");
      const tables = new TableFiles(dir).list();
      expect(tables.map(({ descriptor }) => descriptor.Location)).to.have.members([
        "s3://raw/raw/ben/plays/",
        "s3://raw/raw/ann/plays/",
      ]);
      expect(tables.find(({ name }) => name === "plays")!.descriptor.Location).to.include("/ben/");
      expect(tables.find(({ name }) => name !== "plays")!.name).to.match(/^plays_[0-9a-f]{32}$/);
    });

    it("names what it cannot read, after it has read the rest", async () => {
      put("raw/raw/me/bad/snapshot_date=2026-01-01/a.jsonl.gz", "no gzip");
      putRaw("me/good/snapshot_date=2026-01-01", { n: 1 });
      const { error, changes: done } = await crawlers.start("raw");
      expect(error).to.match(/^s3:\/\/raw\/raw\/me\/bad\/ cannot be read: /);
      expect(done).to.deep.equal({ ...nothing, tablesAdded: 1, partitionsAdded: 1 });
    });
  });

  describe("asked over Glue's API", () => {
    const waiting = {
      sleep: () => new Promise<void>((resolve) => setImmediate(resolve)),
      pollMs: 1,
      onState: () => undefined,
    };
    const ask = (name: string) => askCrawler(sdk, glue, name, waiting);
    const failure = (name: string) =>
      ask(name).then(
        () => expect.fail("It did not fail."),
        (error: Error) => {
          expect(error).to.be.instanceOf(UserError);
          return error.message;
        },
      );

    it("run, twice if need be, and tell what they did", async () => {
      putThings("snapshot_date=2026-01-01");
      const none = { tables_added: 0, tables_updated: 0, partitions_updated: 0 };
      expect(await ask("lake-1a2b")).to.deep.include({ ...none, partitions_added: 1 });
      expect(await ask("lake-1a2b")).to.deep.include({ ...none, partitions_added: 0 });
    });

    it("say in a sentence what is wrong", async () => {
      expect(await failure("other")).to.match(/^There is no crawler other; .*pulumi up/);
      put("raw/raw/me/bad/snapshot_date=2026-01-01/a.jsonl.gz", "no gzip");
      expect(await failure("raw")).to.match(/^Crawler raw failed: s3:.* cannot be read/);
    });

    const refusals: [string, RegExp][] = [
      ["CrawlerRunningException", /^Crawler lake is running already; wait/],
      ["AccessDeniedException", /^You may not run crawler lake: glue:StartCrawler .* \(no\)\.$/],
      ["OperationTimeoutException", /^Crawler lake could not be run: no$/],
    ];
    for (const [code, message] of refusals) {
      it(`say in a sentence that Glue answers ${code}`, async () => {
        await server.close();
        server = await serveJson({
          ...crawlers.operations(),
          "AWSGlue.StartCrawler": () => {
            throw new AwsError(code, "no");
          },
        });
        glue = client(sdk.GlueClient, server);
        expect(await failure("lake")).to.match(message);
      });
    }

    it("say in a sentence that a crawl has not ended within an hour", async () => {
      await server.close();
      server = await serveJson({
        ...crawlers.operations(),
        "AWSGlue.StartCrawler": () => ({}),
        "AWSGlue.GetCrawler": () => ({ Crawler: { Name: "lake", State: "STOPPING" } }),
      });
      glue = client(sdk.GlueClient, server);
      let slept = 0;
      const sleep = async (ms: number) => void (slept += ms);
      const error = await askCrawler(sdk, glue, "lake", { ...waiting, sleep, pollMs: 300_000 }).catch(
        (thrown: Error) => thrown,
      );
      expect(error)
        .to.be.instanceOf(UserError)
        .with.property("message")
        .that.matches(
          /^Crawler lake has not ended within an hour \(its state is STOPPING\); .* stop-crawler --name lake\.$/,
        );
      expect(slept).to.equal(3_600_000);
    });

    it("run once at a time", async () => {
      const running = crawlers.start("lake");
      expect(() => crawlers.start("lake"))
        .to.throw(AwsError)
        .with.property("code", "CrawlerRunningException");
      await running;
    });
  });
});
