import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { DataSourceFailure, readDataSource, type LiveTable } from "../../cloud/pulumi/data-sources";
import { assertDeployable } from "../../infra/deployable";
import { schemasFolder } from "../../infra/generations";
import { generation } from "../../schemas";
import { inputFormatOf } from "../../schemas/formats";
import { root } from "../support/commandLine";
import { makeFolder } from "../support/folders";

const project = "spotify-data-pipeline";
const account = { project, stack: "test", region: "eu-west-1", accountId: "123456789012" };
const database = "spotify_data_pipeline_test";

/** A lake of this generation as it would be live. */
const lakeOf = (wanted: number): LiveTable => ({
  database: wanted === 1 ? database : `${database}_g${wanted}`,
  name: "container_reads",
  inputFormat: inputFormatOf("parquet"),
});

interface Live {
  tables?: LiveTable[];
  /** What Glue answers instead. */
  refusal?: string;
  settings?: Record<string, string>;
  specs?: string;
}

/** Returns why the program may not be deployed over what is live; undefined if it may. */
async function refusalOf({ tables = [], refusal, settings, specs }: Live): Promise<string | undefined> {
  await pulumi.runtime.setMocks(
    {
      newResource: () => {
        throw new Error("Something registers.");
      },
      call: ({ token, inputs }) => {
        if (refusal !== undefined) throw new DataSourceFailure(refusal);
        return readDataSource(token, inputs, account, tables);
      },
    },
    project,
    account.stack,
    false,
  );
  const config = { spotifyClientId: "id", spotifyClientSecret: "secret", ...settings };
  const full = Object.entries(config).map(([key, value]) => [`${project}:${key}`, value]);
  pulumi.runtime.setAllConfig(Object.fromEntries(full) as Record<string, string>);
  try {
    await assertDeployable(specs);
  } catch (error) {
    expect(error).to.be.instanceOf(pulumi.RunError);
    return (error as Error).message;
  }
}

describe("a deployment", () => {
  after(() => pulumi.runtime.setAllConfig({}));

  it("is the program of package.json, which waits for this and then is index.ts", () => {
    const { main } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as { main: string };
    expect(fs.readFileSync(path.join(root, main), "utf8")).to.match(
      /await assertDeployable\(\);\n {2}return \{ \.\.\.\(require\("\.\/index"\)/,
    );
  });

  it("may follow nothing, and its own lake", async () => {
    expect(await refusalOf({})).to.equal(undefined);
    expect(await refusalOf({ tables: [lakeOf(generation)] })).to.equal(undefined);
  });

  it("is refused over a lake of another format", async () => {
    const tables = [lakeOf(generation)];
    expect(await refusalOf({ tables, settings: { tableFormat: "csv" } })).to.match(
      /holds parquet tables, but the setting tableFormat is csv: set it to parquet/,
    );
  });

  it("is refused by an older version over a newer generation, which it would delete", async () => {
    for (const newer of [generation + 1, generation + 3])
      expect(await refusalOf({ tables: [lakeOf(generation), lakeOf(newer)] })).to.equal(
        `The lake has generation ${newer} in database ${database}_g${newer}, but these sources make generation ${generation} and would delete it: deploy the version that made it, or a later one.`,
      );
  });

  it("is refused, in a sentence, if nobody may see what is live", async () => {
    const refusal = [
      "invocation of aws:glue/getCatalogTable:getCatalogTable returned an error: 1 error occurred:",
      "\t* reading Glue Catalog Table (123456789012:x:container_reads): operation error Glue: GetTable,",
      "AccessDeniedException: User: arn:aws:iam::123456789012:user/me is not authorized to perform: glue:GetTable",
    ].join("\n");
    expect(await refusalOf({ refusal }))
      .to.match(
        /^Nobody allows this deployment to see .* grant it glue:GetTable and glue:GetPartitionIndexes/,
      )
      .and.match(/Glue's answer: reading Glue Catalog Table .* perform: glue:GetTable\.$/)
      .and.not.include("\n");
    expect(await refusalOf({ refusal: "no such host" })).to.match(
      /check the AWS credentials.*no such host\.$/,
    );
  });

  it("is refused, in a sentence, with a frozen generation or a lock that cannot be read", async () => {
    const specs = makeFolder();
    fs.copyFileSync(path.join(schemasFolder, "lock.json"), path.join(specs, "lock.json"));
    expect(await refusalOf({ specs })).to.equal(undefined);
    fs.mkdirSync(path.join(specs, "earlier"));
    fs.writeFileSync(path.join(specs, "earlier", "g1.json"), "{");
    expect(await refusalOf({ specs })).to.match(/g1\.json cannot be read .* get it back from git\.$/);
    fs.rmSync(path.join(specs, "earlier"), { recursive: true });
    fs.rmSync(path.join(specs, "lock.json"));
    expect(await refusalOf({ specs })).to.match(/lock\.json is missing/);
  });

  it("is refused with wrong settings", async () => {
    expect(await refusalOf({ settings: { callBudget: "many" } })).to.match(/^Setting .*callBudget is "many"/);
  });
});
