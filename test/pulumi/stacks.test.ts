import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { evaluate, type EvaluatedProgram } from "../../cloud/pulumi/evaluate";
import type { PipelineOutputs } from "../../outputs";
import { generation } from "../../schemas";
import { simulatedCredentials } from "../../simulator/accounts";
import { appEnv, attempt, inScene } from "../cli/login/attempt";
import { makeFolder } from "../support/folders";
import { PulumiProject } from "../support/pulumi/project";
import { archiveHashes, folderHashes, stateOf, type StateResource } from "../support/pulumi/state";

const functionType = "aws:lambda/function:Function";
const up = ["up", "--yes", "--skip-preview"];
const { clientId, clientSecret, refreshToken } = simulatedCredentials;
const secrets = [clientId, clientSecret, refreshToken];

function without<T>(key: string, properties: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(properties).filter(([one]) => one !== key));
}

type Named = Pick<StateResource, "type" | "inputs">;

/** The name that the program gives a resource, if AWS lets only one have it. */
function givenName({ type, inputs = {} }: Named): string[] {
  const { databaseName, name = inputs.dashboardName } = inputs;
  const isUnique = name !== undefined && !type.endsWith(":NamedQuery");
  return isUnique ? [[type, databaseName, name].join(" ")] : [];
}

/** The steps of README's Deploy, one after the other: each test goes on from the one before. */
describe("stacks under the real engine", function () {
  this.timeout(600_000);
  let project: PulumiProject;

  before(async function () {
    const opened = await PulumiProject.open();
    if (!opened) return this.skip();
    project = opened;
  });
  after(() => project?.close());

  const on = (stack: string, ...args: string[]) => project.pulumi([...args, "--stack", stack]);
  /** What `up` says as it refuses, before anything registers. */
  async function refusalOfUp(stack: string): Promise<string> {
    const { length } = project.account.checked;
    const { code, stdout, stderr } = await project.run([...up, "--stack", stack]);
    expect(code).not.to.equal(0);
    expect(project.account.checked.slice(length)).to.be.empty;
    return stdout + stderr;
  }
  const namesOf = (stack: string) =>
    new Map(project.account.resources(stack).map(({ type, id, urn }) => [`${type} ${id}`, urn]));

  describe("dev", () => {
    let state: StateResource[];

    it("keeps the example values as they are when it is made", async () => {
      const example = project.read("Pulumi.dev.yaml");
      await project.pulumi(["stack", "init", "dev"]);
      const made = project.read("Pulumi.dev.yaml");
      expect(made.split("\n")).to.include.members(example.split("\n"));
      const { encryptionsalt, ...rest } = parse(made) as Record<string, unknown>;
      expect(encryptionsalt).to.match(/^v1:/);
      expect(rest).to.deep.equal(parse(example));
    });

    it("takes a sign-in before it has an app, and keeps both encrypted", async () => {
      const env = { ...project.env, ...appEnv };
      await inScene({}, async (scene) => {
        const { error, login } = await attempt({ ...scene, dir: project.dir }, { stack: "dev", env });
        expect(error).to.equal(undefined);
        expect(login).to.include({ listener: "me", stored: "the configuration of stack dev" });
      });
      expect(await on("dev", "config", "get", "spotifyClientId")).to.equal(`${clientId}\n`);
      expect(await on("dev", "config", "get", "spotifyRefreshToken-me")).to.include(refreshToken);
      const shown = JSON.parse(await on("dev", "config", "--json")) as Record<string, { secret: boolean }>;
      for (const key of ["spotifyClientId", "spotifyClientSecret", "spotifyRefreshToken-me"])
        expect(shown[`spotify-data-pipeline:${key}`], key).to.deep.equal({ secret: true });
    });

    it("is previewed without anything being made", async () => {
      expect(await on("dev", "preview")).to.match(/\+ \d+ to create/);
      expect(project.account.resources()).to.be.empty;
    });

    it("comes up, and coming up again changes nothing, after a refresh either", async () => {
      await on("dev", ...up);
      expect(project.account.resources("dev")).to.have.length.above(100);
      await on("dev", ...up, "--expect-no-changes");
      await on("dev", ...up, "--expect-no-changes", "--refresh");
    });

    it("shows no secret in its state, outputs, history and messages", async () => {
      const shown = await Promise.all([
        on("dev", "stack", "export"),
        on("dev", "stack", "output", "--json"),
        on("dev", "stack", "history", "--json"),
        on("dev", "preview", "--diff"),
      ]);
      const kept = fs
        .readdirSync(project.backend, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "latin1"));
      expect(kept).to.have.length.above(2);
      const texts = [...shown, ...kept, project.printed, project.read("Pulumi.dev.yaml")];
      for (const secret of secrets) expect(texts.findIndex((text) => text.includes(secret))).to.equal(-1);
      const open = await on("dev", "stack", "export", "--show-secrets");
      for (const secret of secrets) expect(open, "what was searched for").to.include(secret);
    });

    describe("and its evaluation on this machine", () => {
      let evaluated: EvaluatedProgram;

      before(async () => {
        const text = await on("dev", "config", "--json", "--show-secrets");
        const config = Object.entries(JSON.parse(text) as Record<string, { value: string; secret: boolean }>);
        evaluated = await evaluate({
          projectDir: project.dir,
          project: "spotify-data-pipeline",
          stack: "dev",
          config: Object.fromEntries(config.map(([key, { value }]) => [key, value])),
          secretKeys: config.filter(([, { secret }]) => secret).map(([key]) => key),
          outDir: makeFolder(),
          accountId: project.account.accountId,
        });
        state = await stateOf(project, "dev");
      });

      const byUrn = <T extends { urn: string }>(resources: T[]) =>
        [...resources].sort((left, right) => (left.urn < right.urn ? -1 : 1));

      it("have the same resources, parents, inputs, secret inputs and outputs", () => {
        const facts = (one: Omit<StateResource, "id" | "protect">, id: unknown) => {
          const { urn, type, parent, secretInputs } = one;
          const [inputs, outputs] = [without("code", one.inputs), without("code", one.outputs)];
          return { urn, type, parent, secretInputs, inputs, outputs: { ...outputs, ...(id ? { id } : {}) } };
        };
        expect(byUrn(state).map((one) => facts(one, one.id))).to.deep.equal(
          byUrn(evaluated.resources).map((one) => facts(one, one.outputs.id)),
        );
      });

      it("have the same files in the functions' archives", () => {
        const deployed = project.account.resources("dev").filter(({ type }) => type === functionType);
        expect(deployed).to.have.length(evaluated.functions.length);
        for (const { id, inputs } of deployed) {
          const { dir } = evaluated.functions.find(({ name }) => name === id)!;
          const files = without("package.json", folderHashes(dir));
          expect(Object.keys(files)).to.have.length.above(1);
          expect(archiveHashes(inputs), id).to.deep.equal(files);
        }
      });
    });

    it("refuses another format for its live lake, before anything registers", async () => {
      const file = project.read("Pulumi.dev.yaml");
      await on("dev", "config", "set", "tableFormat", "parquet");
      const sentence = await refusalOfUp("dev");
      fs.writeFileSync(project.file("Pulumi.dev.yaml"), file);
      expect(sentence).to.include(
        "The lake in database spotify_data_pipeline_dev holds csv tables, but the setting tableFormat is parquet",
      );
    });

    it("refuses sources that are older than its live lake, before anything registers", async () => {
      const [table] = project.account.resources("dev").filter(({ urn }) => urn.endsWith("::container_reads"));
      const database = `spotify_data_pipeline_dev_g${generation + 1}`;
      const newer = project.account.create(`${table!.urn}-newer`, {
        ...table!.inputs,
        databaseName: database,
      });
      const sentence = await refusalOfUp("dev");
      project.account.lose(newer);
      expect(sentence).to.include(`The lake has generation ${generation + 1} in database ${database}`);
    });

    it("is read by the example of a consumer, which allows just its workgroup, database and buckets", async () => {
      const consumer = (...args: string[]) => project.pulumi(args, { in: "examples/consumer" });
      await consumer("stack", "init", "consumer");
      await consumer("config", "set", "aws:region", "eu-west-1");
      await consumer("config", "set", "pipeline", "organization/spotify-data-pipeline/dev");
      await consumer(...up);
      const made = JSON.stringify(project.account.resources("consumer").map(({ inputs }) => inputs));
      const outputs = JSON.parse(await on("dev", "stack", "output", "--json")) as PipelineOutputs;
      for (const name of [outputs.lakeBucketName, outputs.resultsBucketName])
        expect(made).to.include(`arn:aws:s3:::${name}`);
      expect(made).to.include(`:workgroup/${outputs.workgroupName}`);
      expect(made).to.include(`:database/${outputs.databaseNames.lake}`);
      expect(made).not.to.include(outputs.rawBucketName);
      await consumer(...up, "--expect-no-changes");
      await consumer("destroy", "--yes");
      expect(project.account.resources("consumer")).to.be.empty;
    });
  });

  describe("prod beside dev", () => {
    it("comes up in the same account without sharing a physical name, and leaves dev as it is", async () => {
      const dev = namesOf("dev");
      await project.pulumi(["stack", "init", "prod"]);
      for (const [key, input] of [
        ["spotifyClientId", clientId],
        ["spotifyClientSecret", clientSecret],
      ] as const)
        await project.pulumi(["config", "set", "--secret", key, "--stack", "prod"], { input });
      await on("prod", ...up);
      const prod = namesOf("prod");
      expect(prod.size).to.be.above(100);
      expect([...prod.keys()].filter((name) => dev.has(name))).to.be.empty;
      await on("dev", ...up, "--expect-no-changes");
      expect(namesOf("dev")).to.deep.equal(dev);
    });

    it("has no name that dev-raw would have, whose name starts as dev's names do", async () => {
      await project.pulumi(["stack", "init", "dev-raw"]);
      await on("dev-raw", "config", "set", "aws:region", "eu-west-1");
      for (const key of ["spotifyClientId", "spotifyClientSecret"])
        await on("dev-raw", "config", "set", "--secret", key, "a-secret");
      const { steps } = JSON.parse(await on("dev-raw", "preview", "--json")) as {
        steps: { newState: Named }[];
      };
      const wanted = steps.flatMap(({ newState }) => givenName(newState));
      const taken = new Set(project.account.resources().flatMap(givenName));
      expect(wanted).to.have.length.above(50);
      expect(wanted.filter((name) => taken.has(name))).to.be.empty;
    });

    it("makes a lost transform function anew, with the permission and the notification that name it", async () => {
      const find = (type: string, name: string) =>
        project.account
          .resources("prod")
          .filter(({ urn }) => urn.endsWith(`:${type}::${name}`))
          .map(({ id }) => id);
      const isTransform = ({ type, urn }: { type: string; urn: string }) =>
        type === functionType && urn.endsWith("::transform");
      const [lost] = project.account.resources("prod").filter(isTransform);
      const count = project.account.resources("prod").length;
      project.account.lose(lost!);
      await on("prod", ...up, "--refresh");
      const [made, ...others] = project.account.resources("prod").filter(isTransform);
      expect(others).to.be.empty;
      expect(made!.id).not.to.equal(lost!.id);
      expect(find("Function", "transform")).to.deep.equal([made!.id]);
      const naming = project.account
        .resources("prod")
        .filter(({ inputs }) => JSON.stringify(inputs).includes(made!.id))
        .map(({ type }) => type.split(":").pop());
      expect(naming).to.include.members(["BucketNotification", "Permission", "FunctionEventInvokeConfig"]);
      expect(JSON.stringify(project.account.resources("prod"))).not.to.include(`"${lost!.id}"`);
      expect(project.account.resources("prod")).to.have.length(count);
      await on("prod", ...up, "--expect-no-changes");
    });
  });

  describe("destroy", () => {
    it("of prod refuses, and deletes nothing", async () => {
      const before = namesOf("prod");
      const { code, stdout, stderr } = await project.run(["destroy", "--yes", "--stack", "prod"]);
      expect(code).not.to.equal(0);
      expect(stdout + stderr).to.match(/protect/);
      expect(namesOf("prod")).to.deep.equal(before);
    });

    it("of prod without its preview deletes only what the next up makes again", async () => {
      const isProtected = (await stateOf(project, "prod")).filter(({ protect }) => protect);
      const words = new Set(isProtected.map(({ type }) => type.split(":").pop()));
      expect([...words]).to.have.members(["Bucket", "Parameter", "CatalogDatabase", "CatalogTable"]);
      const before = project.account.resources("prod").length;
      const { code } = await project.run(["destroy", "--yes", "--skip-preview", "--stack", "prod"]);
      expect(code).not.to.equal(0);
      const left = [...namesOf("prod").values()];
      expect(left).to.include.members(isProtected.map(({ urn }) => urn));
      await on("prod", ...up);
      expect(project.account.resources("prod")).to.have.length(before);
      await on("prod", ...up, "--expect-no-changes");
    });

    it("of prod on purpose, as README says, deletes everything, and nothing of dev", async () => {
      const dev = namesOf("dev");
      await on("prod", "config", "set", "keepData", "false");
      await on("prod", ...up);
      await on("prod", "destroy", "--yes");
      expect(project.account.resources("prod")).to.be.empty;
      expect(await stateOf(project, "prod")).to.be.empty;
      expect(namesOf("dev")).to.deep.equal(dev);
    });

    it("of dev leaves nothing", async () => {
      await on("dev", "destroy", "--yes");
      expect(await stateOf(project, "dev")).to.be.empty;
      expect(project.account.resources()).to.be.empty;
    });
  });
});
