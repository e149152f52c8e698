import {
  BatchCreatePartitionCommand,
  GetPartitionCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  GlueClient,
  UpdatePartitionCommand,
} from "@aws-sdk/client-glue";
import { expect } from "chai";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { glueOperations } from "../../../cloud/glue/glue";
import { serveJson } from "../../../cloud/aws/json";
import { PartitionFiles, readPartitions } from "../../../cloud/glue/partitions";
import { tablesOf } from "../../../cloud/glue/tables";
import type { LocalServer } from "../../../cloud/http";
import { makeFolder } from "../../support/folders";
import { resource } from "../../support/resources";
import { client } from "../../support/awsClients";

const createdAt = Date.UTC(2026, 0, 2, 3, 4, 5);
const type = "aws:glue/catalogTable:CatalogTable";
const day = { name: "snapshot_date", type: "string" };
const tables = tablesOf([
  resource(type, "tracks", { databaseName: "lake", name: "tracks", partitionKeys: [day] }),
  resource(type, "plays", { databaseName: "lake", name: "plays", partitionKeys: [day, { name: "hour" }] }),
  resource(type, "view", { databaseName: "lake", name: "current_tracks" }),
]);
const Tracks = { DatabaseName: "lake", TableName: "tracks" };

describe("Glue", () => {
  let dir: string;
  let server: LocalServer;
  let glue: GlueClient;

  const start = async () => {
    server = await serveJson(glueOperations(tables, new PartitionFiles(dir), { now: () => createdAt }));
    glue = client(GlueClient, server);
  };
  beforeEach(async () => {
    dir = makeFolder();
    await start();
  });
  afterEach(() => server.close());

  const partition = (value: string, location = `s3://lake/${value}/`) => ({
    Values: [value],
    StorageDescriptor: { Location: location, Columns: [{ Name: "id", Type: "string" }] },
  });
  const create = (...values: string[]) =>
    glue.send(
      new BatchCreatePartitionCommand({
        ...Tracks,
        PartitionInputList: values.map((value) => partition(value)),
      }),
    );
  const get = async (value: string, table = Tracks) =>
    (await glue.send(new GetPartitionCommand({ ...table, PartitionValues: [value] }))).Partition!;
  const errorOf = (call: Promise<unknown>) =>
    call.then(
      () => "no error",
      (error: Error) => error.name,
    );

  it("lists the tables of a database, page by page", async () => {
    const names: string[] = [];
    for (let NextToken: string | undefined; ;) {
      const asked = new GetTablesCommand({ DatabaseName: "lake", MaxResults: 2, NextToken });
      const page = await glue.send(asked);
      names.push(
        ...page.TableList!.map(({ Name, PartitionKeys = [] }) =>
          [Name, ...PartitionKeys.map((key) => key.Name)].join(" "),
        ),
      );
      NextToken = page.NextToken;
      if (NextToken === undefined) break;
    }
    expect(names).to.eql(["tracks snapshot_date", "plays snapshot_date hour", "current_tracks"]);
    expect(await errorOf(glue.send(new GetTablesCommand({ DatabaseName: "other" })))).to.equal(
      "EntityNotFoundException",
    );
  });

  it("keeps what it was given", async () => {
    expect((await create("2026-01-01")).Errors).to.eql([]);
    expect(await get("2026-01-01")).to.deep.include({
      ...partition("2026-01-01"),
      ...Tracks,
      CreationTime: new Date(createdAt),
    });
  });

  it("reports each partition that exists, leaves it alone and creates the others", async () => {
    await create("2026-01-01");
    const { Errors } = await glue.send(
      new BatchCreatePartitionCommand({
        ...Tracks,
        PartitionInputList: [partition("2026-01-01", "s3://elsewhere/"), partition("2026-01-02")],
      }),
    );
    expect(
      Errors!.map(({ PartitionValues, ErrorDetail }) => [PartitionValues, ErrorDetail!.ErrorCode]),
    ).to.eql([[["2026-01-01"], "AlreadyExistsException"]]);
    expect((await get("2026-01-01")).StorageDescriptor!.Location).to.equal("s3://lake/2026-01-01/");
    expect((await get("2026-01-02")).Values).to.eql(["2026-01-02"]);
  });

  it("creates a partition once if two ask at the same time", async () => {
    const answers = await Promise.all([create("2026-01-01"), create("2026-01-01"), create("2026-01-01")]);
    expect(answers.map(({ Errors }) => Errors!.length).sort()).to.eql([0, 1, 1]);
  });

  it("updates a partition", async () => {
    await create("2026-01-01");
    const PartitionInput = partition("2026-01-01", "s3://lake/new/");
    await glue.send(
      new UpdatePartitionCommand({ ...Tracks, PartitionValueList: ["2026-01-01"], PartitionInput }),
    );
    expect((await get("2026-01-01")).StorageDescriptor!.Location).to.equal("s3://lake/new/");
  });

  it("lists partitions by value, page by page", async () => {
    await create("2026-01-03", "2026-01-01", "2026-01-02");
    const pages = [];
    let NextToken: string | undefined;
    do {
      const page = await glue.send(new GetPartitionsCommand({ ...Tracks, MaxResults: 2, NextToken }));
      pages.push(page.Partitions!.map(({ Values }) => Values![0]));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(pages).to.eql([["2026-01-01", "2026-01-02"], ["2026-01-03"]]);
    const other = await glue.send(new GetPartitionsCommand({ DatabaseName: "lake", TableName: "plays" }));
    expect(other.Partitions).to.eql([]);
  });

  it("has them again after a restart, whatever a crash left half-written", async () => {
    await create("2026-01-01");
    await server.close();
    writeFileSync(path.join(dir, "glue/lake/tracks/2026-01-02.json.tmp"), '{"Values":');
    await start();
    expect((await create("2026-01-01")).Errors).to.have.length(1);
    expect((await create("2026-01-02")).Errors).to.have.length(0);
  });

  it("keeps odd values apart", async () => {
    const odd = ["a/b", "a,b", "a%2Fb", "..", "ü", "a b"];
    await create(...odd);
    for (const value of odd) expect((await get(value)).Values).to.eql([value]);
    const listed = readPartitions(dir, "lake").map(({ values }) => values[0]);
    expect(listed).to.have.members(odd);
  });

  it("is read by the query side", async () => {
    expect(readPartitions(dir, "lake")).to.eql([]);
    await create("2026-01-02", "2026-01-01");
    await glue.send(
      new BatchCreatePartitionCommand({
        DatabaseName: "lake",
        TableName: "plays",
        PartitionInputList: [{ Values: ["2026-01-01", "7"] }],
      }),
    );
    const { StorageDescriptor: descriptor } = partition("2026-01-01");
    expect(readPartitions(dir, "lake")).to.eql([
      { table: "plays", values: ["2026-01-01", "7"], descriptor: {} },
      { table: "tracks", values: ["2026-01-01"], descriptor },
      { table: "tracks", values: ["2026-01-02"], descriptor: partition("2026-01-02").StorageDescriptor },
    ]);
    expect(readPartitions(dir, "other")).to.eql([]);
  });

  describe("says", () => {
    const other = { DatabaseName: "lake", TableName: "unknown" };
    const list = ["2026-01-01"];
    const many = Array.from({ length: 101 }, (_, index) => partition(String(index)));
    const cases: [title: string, call: () => Promise<unknown>, code: string][] = [
      ["an unknown partition", () => get("2026-01-01"), "EntityNotFoundException"],
      ["an unknown table", () => get("2026-01-01", other), "EntityNotFoundException"],
      [
        "an unknown database",
        () => glue.send(new GetPartitionsCommand({ ...Tracks, DatabaseName: "x" })),
        "EntityNotFoundException",
      ],
      [
        "an update of nothing",
        () =>
          glue.send(new UpdatePartitionCommand({ ...Tracks, PartitionValueList: list, PartitionInput: {} })),
        "EntityNotFoundException",
      ],
      ["too few values", () => get("2026-01-01", { ...Tracks, TableName: "plays" }), "InvalidInputException"],
      [
        "a partition of a view",
        () => get("2026-01-01", { ...Tracks, TableName: "current_tracks" }),
        "InvalidInputException",
      ],
      [
        "too many at once",
        () => glue.send(new BatchCreatePartitionCommand({ ...Tracks, PartitionInputList: many })),
        "InvalidInputException",
      ],
      [
        "a filter",
        () => glue.send(new GetPartitionsCommand({ ...Tracks, Expression: "snapshot_date > '2026'" })),
        "NotImplemented",
      ],
      [
        "a change of values",
        () =>
          glue.send(
            new UpdatePartitionCommand({
              ...Tracks,
              PartitionValueList: list,
              PartitionInput: partition("other"),
            }),
          ),
        "NotImplemented",
      ],
      [
        "another action",
        () => glue.send(new GetTableCommand({ DatabaseName: "lake", Name: "tracks" })),
        "NotImplemented",
      ],
    ];
    for (const [title, call, code] of cases) {
      it(`${code} for ${title}`, async () => expect(await errorOf(call())).to.equal(code));
    }
  });
});
