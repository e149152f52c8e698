import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { dependencies, scripts } from "../package.json";
import { commands } from "../cli/commands";
import { root } from "./support/commandLine";
import { workflowParser } from "./support/workflowParser";

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Job {
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  strategy?: { matrix: { node: number[] } };
  environment?: string;
  uses?: string;
  with?: { stack?: string };
  steps?: Step[];
}

interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

const folder = path.join(root, ".github/workflows");
const texts = new Map(
  fs.readdirSync(folder).map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]),
);
const workflows = new Map([...texts].map(([name, text]) => [name, parse(text) as Workflow]));
const jobs = [...workflows.values()].flatMap((workflow) => Object.values(workflow.jobs));
const steps = jobs.flatMap((job) => job.steps ?? []);

/** What GitHub's own parser finds wrong with a workflow. */
async function errorsIn(
  parser: ReturnType<typeof workflowParser>,
  name: string,
  content: string,
): Promise<string[]> {
  const { context, value } = parser.parseWorkflow({ name, content }, new parser.NoOperationTraceWriter());
  if (value) await parser.convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

describe("the workflows of GitHub Actions", () => {
  let parser: ReturnType<typeof workflowParser>;
  before(() => (parser = workflowParser()));

  for (const [name, text] of texts)
    it(`${name} is one to GitHub's parser`, async () => {
      expect(await errorsIn(parser, name, text)).to.deep.equal([]);
      expect(
        await errorsIn(parser, name, text.replace("runs-on", "run-on").replace(/uses: \.\//, "use: ./")),
      ).not.to.deep.equal([]);
    });

  it("pin what they use, and the CLI to the version of the SDK", () => {
    const used = [...steps, ...jobs].flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
    expect(used).not.to.deep.equal([]);
    for (const action of used)
      expect(action).to.match(
        /^(\.\/\.github\/workflows\/[\w-]+\.yml|docker:\/\/[\w/-]+:\d+\.\d+\.\d+|[\w/-]+@v\d+\.\d+\.\d+)$/,
      );
    const versions = steps.filter(({ uses }) => uses?.startsWith("pulumi/actions@")).map((step) => step.with);
    expect(versions.length).to.be.above(0);
    for (const given of versions) expect(given!["pulumi-version"]).to.equal(dependencies["@pulumi/pulumi"]);
  });

  it("hold no secret, and no more permissions than they need", () => {
    for (const text of texts.values())
      expect(text).not.to.match(/secrets\.|AWS_SECRET|ACCESS_KEY|pull_request_target/);
    for (const { permissions } of workflows.values())
      expect(permissions).to.satisfy(
        (given?: object) => given && Object.values(given).every((one) => one === "read"),
      );
    const writes = jobs.flatMap(({ permissions = {} }) =>
      Object.entries(permissions).flatMap(([what, how]) => (how === "write" ? [what] : [])),
    );
    expect(new Set(writes)).to.deep.equal(new Set(["id-token", "pull-requests"]));
    for (const job of jobs) if (job.steps) expect(job["timeout-minutes"]).to.be.above(0);
  });

  it("test on Node 20, 22 and 24, and run what there is", () => {
    expect(workflows.get("test.yml")!.jobs.test!.strategy!.matrix.node).to.deep.equal([20, 22, 24]);
    const runs = steps.flatMap(({ run }) => run ?? []);
    for (const [, script] of runs.join("\n").matchAll(/npm run (\S+)/g))
      expect(Object.keys(scripts)).to.include(script);
    for (const [, command] of runs.join("\n").matchAll(/spotify-lake (\S+)/g))
      expect(commands.map(({ name }) => name)).to.include(command);
  });

  it("deploy stacks that have a file, each in an environment of its own", () => {
    const stacks = jobs.flatMap((job) => job.with?.stack ?? []);
    expect(stacks).to.deep.equal(["dev", "prod"]);
    for (const stack of stacks) expect(fs.existsSync(path.join(root, `Pulumi.${stack}.yaml`))).to.equal(true);
    const { up } = workflows.get("deploy-stack.yml")!.jobs;
    expect(up!.environment).to.equal("${{ inputs.stack }}");
  });
});

describe("docs/deploy.md", () => {
  const text = fs.readFileSync(path.join(root, "docs/deploy.md"), "utf8");

  it("has policies that are JSON", () => {
    const blocks = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, block]) => block!);
    expect(blocks).to.have.length(3);
    for (const block of blocks)
      expect((JSON.parse(block) as { Version: string }).Version).to.equal("2012-10-17");
  });

  it("names each workflow, and each of their variables", () => {
    for (const name of texts.keys()) expect(text).to.include(`\`${name}\``);
    for (const workflow of texts.values())
      for (const [, variable] of workflow.matchAll(/vars\.(\w+)/g))
        expect(text).to.include(`\`${variable}\``);
  });
});
