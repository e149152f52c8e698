import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { UserError } from "../../../cloud/errors";
import { evaluate, type EvaluatedProgram, type EvaluateOptions } from "../../../cloud/pulumi/evaluate";
import type { Resource } from "../../../cloud/types";
import { register } from "../../support/commandLine";

const projectDir = path.join(__dirname, "../../..");

describe("evaluate", () => {
  let outDir: string;
  before(() => (outDir = mkdtempSync(path.join(tmpdir(), "evaluate-"))));
  after(() => rmSync(outDir, { recursive: true }));

  const optionsOf = (program: string, more: Partial<EvaluateOptions> = {}): EvaluateOptions => ({
    projectDir,
    program: `test/fixtures/programs/${program}`,
    project: "demo",
    stack: "test",
    config: {},
    secretKeys: [],
    outDir,
    ...more,
  });

  async function failureOf(program: string, config: Record<string, string> = {}): Promise<UserError> {
    try {
      await evaluate(optionsOf(program, { config }));
    } catch (error) {
      expect(error).to.be.instanceOf(UserError);
      return error as UserError;
    }
    throw new Error(`${program} was evaluated`);
  }

  describe("of a good program", () => {
    let program: EvaluatedProgram;
    const lines: string[] = [];
    before(async () => {
      const config = { market: "de", "demo:token": "hunter2", "aws:region": "eu-west-1" };
      program = await evaluate(
        optionsOf("good", { config, secretKeys: ["token"], log: (line) => lines.push(line) }),
      );
    });

    const find = (type: string): Resource =>
      program.resources.find((each) => each.type.endsWith(`:${type}`))!;

    it("gives every resource, those that mixins make included", () => {
      expect(program.resources.map(({ type }) => type.split(":").pop()).sort()).to.deep.equal([
        "Bucket",
        "BucketEventSubscription",
        "BucketNotification",
        "CatalogDatabase",
        "EventRule",
        "EventRuleEventSubscription",
        "EventTarget",
        "Function",
        "NamedQuery",
        "Parameter",
        "Permission",
        "Permission",
        "Role",
        "RolePolicy",
        "Stack",
      ]);
    });

    it("gives inputs, with what other resources are named", () => {
      const [worker] = program.functions;
      const bucket = find("Bucket").outputs;
      expect(bucket.bucket).to.match(/^data-[0-9a-f]{7}$/);
      expect(find("BucketNotification").inputs).to.deep.include({ bucket: bucket.bucket });
      expect(find("BucketNotification").inputs.lambdaFunctions).to.deep.equal([
        {
          events: ["s3:ObjectCreated:*"],
          filterPrefix: "raw/",
          filterSuffix: ".gz",
          lambdaFunctionArn: worker!.arn,
        },
      ]);
      expect(find("EventTarget").inputs).to.include({
        rule: find("EventRule").outputs.name,
        arn: worker!.arn,
      });
      expect(JSON.parse(find("RolePolicy").inputs.policy as string)).to.deep.equal({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: `${String(bucket.arn)}/*` }],
      });
    });

    it("gives secrets in plain text, and says where they are", () => {
      expect(find("Parameter").inputs).to.deep.equal({
        name: "/demo/test/token",
        type: "SecureString",
        value: "hunter2",
      });
      expect(find("Parameter").secretInputs).to.deep.equal(["value"]);
      expect(program.resources.filter(({ secretInputs }) => secretInputs.length)).to.have.length(1);
    });

    it("gives stack outputs, data sources among them", () => {
      expect(program.outputs).to.deep.equal({
        bucketName: find("Bucket").outputs.bucket,
        queries: { count: find("NamedQuery").outputs.id },
        secretName: "/demo/test/token",
        secretValue: "hunter2",
        account: "000000000000",
        region: "eu-west-1",
        partition: "aws",
      });
    });

    it("gives URNs that tell parents", () => {
      const rolePolicy = find("RolePolicy");
      expect(rolePolicy.parent).to.equal(find("Role").urn);
      expect(rolePolicy.urn).to.equal(
        "urn:pulumi:test::demo::aws:iam/role:Role$aws:iam/rolePolicy:RolePolicy::worker",
      );
    });

    it("unpacks the archive of a function, which runs", async () => {
      const [worker] = program.functions;
      expect(worker).to.deep.include({
        dir: path.join(outDir, worker!.name),
        handler: "__index.handler",
        runtime: "nodejs22.x",
        timeout: 30,
        memorySize: 128,
        environment: { TOKEN_NAME: "/demo/test/token" },
      });
      expect(worker!.archive.files).to.be.greaterThan(100);
      expect(existsSync(path.join(worker!.dir, "node_modules/@aws-sdk/client-s3"))).to.equal(false);
      const { handler } = require(path.join(worker!.dir, "__index.js")) as {
        handler: () => Promise<unknown>;
      };
      const bucket = program.outputs.bucketName;
      expect(await handler()).to.deep.equal({ bucket, greeting: "DE!", calls: 1 });
      expect(await handler()).to.deep.equal({ bucket, greeting: "DE!", calls: 2 });
    });

    it("passes on what the program prints", () => {
      expect(lines).to.include("market de");
    });
  });

  describe("of a program that fails", () => {
    it("says what a RunError says", async () => {
      const error = await failureOf("bad-config", { schedule: "often" });
      expect(error.message).to.equal('Setting "schedule" is "often": use daily or weekly.');
    });

    it("says which captured value cannot be serialised", async () => {
      const { message } = await failureOf("unserialisable");
      expect(message).to.include("captured\n  variable 'client'").and.include("native code");
      expect(message).not.to.match(/^\s+at /m);
    });

    it("says that a callback waits for itself", async () => {
      expect((await failureOf("cyclic-capture")).message).to.include("something waits for itself");
    });
  });

  describe("of a program that needs what is not modelled", () => {
    it("names the output that an input is made from", async () => {
      expect((await failureOf("unmodelled-input")).message).to.equal(
        'Input "value" of aws:ssm/parameter:Parameter "zone" needs output "hostedZoneId" of aws:s3/bucket:Bucket, ' +
          "which the embedded cloud does not know; add it to cloud/pulumi/models.ts.",
      );
    });

    it("refuses a stack output, even where the output behind it is unknown", async () => {
      expect((await failureOf("unmodelled-output")).message).to.equal(
        'Stack output "site.methods" needs an output that the embedded cloud does not know; ' +
          "add it to cloud/pulumi/models.ts.",
      );
    });

    it("names the output that a callback captures", async () => {
      expect((await failureOf("unmodelled-capture", { captureZone: "true" })).message).to.equal(
        'The code of aws:lambda/function:Function "worker" needs output "hostedZoneId" of aws:s3/bucket:Bucket, ' +
          "which the embedded cloud does not know; add it to cloud/pulumi/models.ts.",
      );
    });

    it("lets a callback capture what is undefined in truth", async () => {
      const { functions } = await evaluate(optionsOf("unmodelled-capture"));
      expect(functions).to.have.length(1);
    });

    it("names the type of a resource", async () => {
      expect((await failureOf("unsupported-resource")).message).to.include("aws:ec2/vpc:Vpc");
    });

    it("names a data source", async () => {
      expect((await failureOf("unsupported-data-source")).message).to.include(
        "aws:index/getAvailabilityZones:getAvailabilityZones",
      );
    });
  });

  describe("of a program that does not end", () => {
    let server: Server;
    let port: string;
    before(async () => {
      server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      port = String((server.address() as AddressInfo).port);
    });
    after(() => server.close());

    it("ends it when it fails", async () => {
      const connected = once(server, "connection") as Promise<[Socket]>;
      const failure = failureOf("endless", { port, fail: "true" });
      const [socket] = await connected;
      socket.on("error", () => undefined).resume();
      expect((await failure).message).to.include("aws:ec2/vpc:Vpc");
      if (!socket.closed) await once(socket, "close");
    });

    it("ends it when the evaluating process is killed", async () => {
      const options = JSON.stringify(optionsOf("endless", { config: { port } }));
      const script = `require("./cloud/pulumi/evaluate").evaluate(${options})`;
      const evaluator = spawn(process.execPath, [...register, "-e", script], {
        cwd: projectDir,
        stdio: "inherit",
      });
      const [socket] = (await once(server, "connection")) as [Socket];
      socket.on("error", () => undefined).resume();
      evaluator.kill("SIGKILL");
      await once(socket, "close");
    });
  });
});
