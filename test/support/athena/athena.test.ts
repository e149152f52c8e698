import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  AthenaClient,
  GetNamedQueryCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  ListNamedQueriesCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
  type QueryExecution,
} from "@aws-sdk/client-athena";
import { expect } from "chai";
import { athenaOperations, namedQueriesOf, workgroupsOf } from "./athena";
import { athenaText, athenaType } from "./athena-values";
import { serveJson } from "../../../cloud/aws/json";
import type { LocalServer } from "../../../cloud/http";
import { gapsLake } from "../gapsLake";
import { resource } from "../resources";
import { client } from "../awsClients";

const forever = "select count(*) as n from range(100000000000) as numbers(n) where n % 7 = 3";

describe("Athena", function () {
  this.timeout(60_000);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "athena-"));
  let server: LocalServer;
  let athena: AthenaClient;

  before(async () => {
    const manifest = await gapsLake(dir, 2_500);
    const query = {
      name: "all",
      database: "test",
      workgroup: "analysts",
      description: "All.",
      query: "select 1",
    };
    const resources = [
      resource("aws:athena/workgroup:Workgroup", "analysts", { name: "analysts" }),
      resource("aws:athena/workgroup:Workgroup", "small", {
        name: "small",
        configuration: { bytesScannedCutoffPerQuery: 100 },
      }),
      resource("aws:athena/namedQuery:NamedQuery", "all", query, { id: "query-1" }),
    ];
    server = await serveJson(
      athenaOperations({
        workgroups: workgroupsOf(resources),
        namedQueries: namedQueriesOf(resources),
        ...{ manifest, dir, clock: { now: () => Date.parse("2026-03-01T00:00:00Z") } },
      }),
    );
    athena = client(AthenaClient, server);
  });
  after(async () => {
    await server.close();
    fs.rmSync(dir, { recursive: true });
  });

  const start = async (sql: string, more: { WorkGroup?: string; ClientRequestToken?: string } = {}) => {
    const place = { WorkGroup: "analysts", QueryExecutionContext: { Database: "test" } };
    const { QueryExecutionId } = await athena.send(
      new StartQueryExecutionCommand({ QueryString: sql, ...place, ...more }),
    );
    return QueryExecutionId!;
  };
  const get = async (id: string) =>
    (await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))).QueryExecution!;
  const ended = async (id: string): Promise<QueryExecution> => {
    for (;;) {
      const execution = await get(id);
      if (execution.Status!.State !== "RUNNING") return execution;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const results = async (id: string, more: { NextToken?: string; MaxResults?: number } = {}) =>
    athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, ...more }));
  const errorOf = (call: Promise<unknown>) =>
    call.then(
      () => "no error",
      ({ name, message }: Error) => `${name}: ${message}`,
    );

  it("runs a query and tells its state, its times and the size of the files it reads", async () => {
    const id = await start("select count(*) as n from gaps");
    const { Status, Statistics, StatementType, WorkGroup } = await ended(id);
    const file = path.join(dir, "s3/lake/g1/gaps/snapshot_month=2026-03/me-recently_played.parquet");
    expect(Status).to.include({ State: "SUCCEEDED" });
    expect(Status!.SubmissionDateTime).to.deep.equal(new Date("2026-03-01T00:00:00Z"));
    expect(Statistics!.DataScannedInBytes).to.equal(fs.statSync(file).size);
    expect([StatementType, WorkGroup]).to.deep.equal(["DML", "analysts"]);
    expect((await results(id)).ResultSet!.Rows).to.deep.equal([
      { Data: [{ VarCharValue: "n" }] },
      { Data: [{ VarCharValue: "2500" }] },
    ]);
  });

  it("counts the files of tables behind views, and nothing where no table is read", async () => {
    const sizeOf = async (sql: string) => (await ended(await start(sql))).Statistics!.DataScannedInBytes!;
    expect(await sizeOf("select count(*) as n from container_reads")).to.equal(0);
    expect(await sizeOf("select 1 as n")).to.equal(0);
  });

  it("prints values as Athena does, with types, and NULL without a text", async () => {
    const id = await start(`select 'a' as t, '' as empty, cast(null as varchar) as nothing, true as yes,
      timestamp '2026-03-01 01:02:03.5' as at, date '2026-03-01' as day, cast(2 as double) as d, 7 as i,
      sum(1) as s, cast(-1.5 as decimal(5,2)) as dec`);
    await ended(id);
    const { Rows, ResultSetMetadata } = (await results(id)).ResultSet!;
    expect(Rows![1]!.Data!.map(({ VarCharValue }) => VarCharValue)).to.deep.equal([
      ...["a", "", undefined, "true", "2026-03-01 01:02:03.500", "2026-03-01", "2.0", "7", "1", "-1.50"],
    ]);
    expect(ResultSetMetadata!.ColumnInfo!.map(({ Type }) => Type)).to.deep.equal([
      ...[
        "varchar",
        "varchar",
        "varchar",
        "boolean",
        "timestamp",
        "date",
        "double",
        "integer",
        "bigint",
        "decimal",
      ],
    ]);
  });

  it("gives pages of rows, the header being the first row of all", async () => {
    const id = await start("select run_id from gaps order by gap_from");
    await ended(id);
    const sizes = [];
    const rows = [];
    let NextToken: string | undefined;
    do {
      const answer = await results(id, { NextToken });
      sizes.push(answer.ResultSet!.Rows!.length);
      rows.push(...answer.ResultSet!.Rows!.map(({ Data }) => Data![0]!.VarCharValue));
      NextToken = answer.NextToken;
    } while (NextToken);
    expect(sizes).to.deep.equal([1000, 1000, 501]);
    expect(rows).to.deep.equal(["run_id", ...Array.from({ length: 2_500 }, (_, index) => `run-${index}`)]);
    expect((await results(id, { MaxResults: 1 })).ResultSet!.Rows).to.have.length(1);
  });

  it("starts one query for one token", async () => {
    const token = { ClientRequestToken: "t".repeat(32) };
    expect(await start("select 1 as n", token)).to.equal(await start("select 1 as n", token));
  });

  it("fails with the engine's sentence", async () => {
    const { Status } = await ended(await start("select nope from gaps"));
    expect(Status!.State).to.equal("FAILED");
    expect(Status!.StateChangeReason).to.include("nope");
  });

  it("cancels a query that reads more than the workgroup allows", async () => {
    const { Status } = await ended(await start("select count(*) as n from gaps", { WorkGroup: "small" }));
    expect(Status).to.include({
      State: "CANCELLED",
      StateChangeReason: "Query cancelled! : Bytes scanned limit was exceeded",
    });
  });

  it("stops a query that is running, and leaves one that has ended", async () => {
    const id = await start(forever);
    expect((await get(id)).Status!.State).to.equal("RUNNING");
    expect(await errorOf(results(id))).to.match(/InvalidRequestException: .*not yet finished/);
    await athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
    expect((await get(id)).Status!.State).to.equal("CANCELLED");
    expect(await errorOf(results(id))).to.match(/Final query state: CANCELLED/);
    const done = await start("select 1 as n");
    await ended(done);
    await athena.send(new StopQueryExecutionCommand({ QueryExecutionId: done }));
    expect((await get(done)).Status!.State).to.equal("SUCCEEDED");
  });

  it("knows the named queries of a workgroup", async () => {
    const list = async (WorkGroup: string) =>
      (await athena.send(new ListNamedQueriesCommand({ WorkGroup }))).NamedQueryIds;
    expect(await list("analysts")).to.deep.equal(["query-1"]);
    expect(await list("small")).to.deep.equal([]);
    const { NamedQuery } = await athena.send(new GetNamedQueryCommand({ NamedQueryId: "query-1" }));
    expect(NamedQuery).to.include({ Name: "all", QueryString: "select 1", Database: "test" });
  });

  it("refuses what Athena refuses", async () => {
    expect(await errorOf(start("select 1", { WorkGroup: "other" }))).to.equal(
      "InvalidRequestException: WorkGroup other is not found.",
    );
    expect(await errorOf(start(" "))).to.match(/^InvalidRequestException/);
    expect(await errorOf(get("none"))).to.match(/^InvalidRequestException: .*was not found/);
    const id = await start("select 1 as n");
    await ended(id);
    expect(await errorOf(results(id, { MaxResults: 1001 }))).to.match(/between 1 and 1000/);
    expect(await errorOf(athena.send(new GetNamedQueryCommand({ NamedQueryId: "x" })))).to.match(
      /was not found/,
    );
    const elsewhere = new StartQueryExecutionCommand({ QueryString: "select 1 as n", WorkGroup: "analysts" });
    const { QueryExecutionId } = await athena.send(elsewhere);
    expect((await ended(QueryExecutionId!)).Status!.StateChangeReason).to.match(/^SCHEMA_NOT_FOUND/);
  });
});

describe("values as Athena prints them", () => {
  // By java.lang.Double.toString, which Trino prints doubles with.
  const doubles: [number, string][] = [
    [0, "0.0"],
    [1, "1.0"],
    [-2.5, "-2.5"],
    [1 / 3, "0.3333333333333333"],
    [9999999, "9999999.0"],
    [1e7, "1.0E7"],
    [12345678.5, "1.23456785E7"],
    [0.001, "0.001"],
    [0.00025, "2.5E-4"],
  ];
  for (const [value, text] of doubles)
    it(`the double ${value} is ${text}`, () => expect(athenaText(value, "DOUBLE")).to.equal(text));

  it("a sum is a bigint, a zoned time has its type, an unknown type its name", () => {
    expect(
      ["HUGEINT", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_MS", "INTEGER[]"].map(
        (type) => athenaType(type).Type,
      ),
    ).to.deep.equal(["bigint", "timestamp with time zone", "timestamp", "integer[]"]);
    expect(athenaType("DECIMAL(5,2)")).to.deep.equal({ Type: "decimal", Precision: 5, Scale: 2 });
  });
});
