import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  ReadResourceRequest,
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  type RegisterResourceResponse,
  SupportsFeatureRequest,
  type SupportsFeatureResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { expect } from "chai";
import { UserError } from "../../../cloud/errors";
import { Engine } from "../../../cloud/pulumi/engine";
import { fromStruct, nothing, toStruct } from "../../../cloud/pulumi/messages";
import { holdsSecret, plain, secret, type Properties } from "../../../cloud/pulumi/values";

const account = { project: "demo", stack: "test", region: "eu-west-1", accountId: "000000000000" };
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const stackUrn = "urn:pulumi:test::demo::pulumi:pulumi:Stack::demo-test";

/** The answer of one call. */
function call<Response>(
  send: (callback: (error: grpc.ServiceError | null, response: Response) => void) => void,
): Promise<Response> {
  return new Promise((resolve, reject) =>
    send((error, response) => (error ? reject(error) : resolve(response))),
  );
}

function resource(type: string, name: string, inputs: Properties = {}): RegisterResourceRequest {
  return new RegisterResourceRequest()
    .setType(type)
    .setName(name)
    .setCustom(true)
    .setObject(toStruct(inputs));
}

describe("Engine", () => {
  let engine: Engine;
  let monitor: ResourceMonitorClient;
  let failures: number;
  let lines: string[];

  async function start(markUnmodelled: boolean) {
    failures = 0;
    lines = [];
    engine = await Engine.start({
      account,
      markUnmodelled,
      log: (line) => lines.push(line),
      onFailure: () => (failures += 1),
    });
    monitor = new ResourceMonitorClient(engine.address, grpc.credentials.createInsecure());
  }
  beforeEach(() => start(false));
  afterEach(stop);
  function stop() {
    monitor.close();
    engine.stop();
  }

  const register = (request: RegisterResourceRequest) =>
    call<RegisterResourceResponse>((callback) => monitor.registerResource(request, callback));

  async function refusal(attempt: Promise<unknown>): Promise<string> {
    const error = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Error);
    expect(engine.failure).to.be.instanceOf(UserError);
    expect(failures).to.equal(1);
    return (engine.failure as UserError).message;
  }

  it("answers with an id, the inputs and what a provider computes", async () => {
    const response = await register(resource("aws:sqs/queue:Queue", "dead", { name: "dead-letters" }));
    expect(response.getUrn()).to.equal("urn:pulumi:test::demo::aws:sqs/queue:Queue::dead");
    expect(response.getId()).to.equal("https://sqs.eu-west-1.amazonaws.com/000000000000/dead-letters");
    expect(fromStruct(response.getObject())).to.deep.equal({
      name: "dead-letters",
      url: "https://sqs.eu-west-1.amazonaws.com/000000000000/dead-letters",
      arn: "arn:aws:sqs:eu-west-1:000000000000:dead-letters",
      region: "eu-west-1",
    });
  });

  it("hands secrets back as secrets, given ones and declared ones, and keeps them in plain text", async () => {
    const given = { name: "p", type: "SecureString", value: secret("hunter2") };
    const request = resource("aws:ssm/parameter:Parameter", "p", given).setAdditionalsecretoutputsList([
      "arn",
    ]);
    const seen = fromStruct((await register(request)).getObject());
    expect(Object.keys(seen).filter((output) => holdsSecret(seen[output]))).to.have.members(["value", "arn"]);
    expect(plain(seen).value).to.equal("hunter2");
    expect(engine.resources[0]!.inputs).to.deep.equal({ name: "p", type: "SecureString", value: "hunter2" });
    expect(engine.resources[0]!.secretInputs).to.deep.equal(["value"]);
  });

  it("keeps the outputs of the stack", async () => {
    await register(resource("pulumi:pulumi:Stack", "demo-test").setCustom(false));
    const outputs = new RegisterResourceOutputsRequest()
      .setUrn(stackUrn)
      .setOutputs(toStruct({ token: secret({ a: 1 }) }));
    await call((callback) => monitor.registerResourceOutputs(outputs, callback));
    expect(engine.outputs).to.deep.equal({ token: { a: 1 } });
  });

  it("names where an unknown value comes from, as far as it is known", async () => {
    const request = resource("aws:sns/topic:Topic", "t", { tags: { of: [unknown] } });
    const dependencies = new RegisterResourceRequest.PropertyDependencies();
    dependencies.setUrnsList(["urn:pulumi:test::demo::my:own:Component$aws:s3/bucket:Bucket::data"]);
    request.getPropertydependenciesMap().set("tags", dependencies);
    expect(await refusal(register(request))).to.equal(
      'Input "tags.of.0" of aws:sns/topic:Topic "t" needs an output of aws:s3/bucket:Bucket "data" that ' +
        "the embedded cloud does not know; add it to cloud/pulumi/models.ts.",
    );
  });

  it("can put markers in the place of what is not modelled, and finds them again", async () => {
    stop();
    await start(true);
    const seen = fromStruct((await register(resource("aws:s3/bucket:Bucket", "data"))).getObject());
    expect(seen.arn).to.match(/^arn:aws:s3:::data-/);
    const inputs = { displayName: `zone ${String(seen.hostedZoneId)}` };
    expect(await refusal(register(resource("aws:sns/topic:Topic", "t", inputs)))).to.include(
      'needs output "hostedZoneId" of aws:s3/bucket:Bucket, which',
    );
  });

  it("refuses two resources of one type and name", async () => {
    await register(resource("aws:sns/topic:Topic", "t"));
    expect(await refusal(register(resource("aws:sns/topic:Topic", "t")))).to.equal(
      'Two resources of type aws:sns/topic:Topic are named "t"; give one of them another name.',
    );
  });

  it("refuses to read a resource that is to exist already", async () => {
    const request = new ReadResourceRequest().setType("aws:s3/bucket:Bucket").setName("old");
    expect(await refusal(call((callback) => monitor.readResource(request, callback)))).to.include(
      'cannot read the aws:s3/bucket:Bucket "old"',
    );
  });

  it("refuses a component of a provider", async () => {
    const request = resource("awsx:ec2:Vpc", "network").setCustom(false).setRemote(true);
    expect(await refusal(register(request))).to.include("remote component awsx:ec2:Vpc");
  });

  it("supports secrets, but no transforms", async () => {
    const supports = async (feature: string) => {
      const request = new SupportsFeatureRequest().setId(feature);
      const ask = call<SupportsFeatureResponse>((callback) => monitor.supportsFeature(request, callback));
      return (await ask).getHassupport();
    };
    expect(await supports("secrets")).to.equal(true);
    expect(await supports("transforms")).to.equal(false);
  });

  it("keeps errors, passes on the rest and drops what is for debugging", async () => {
    const client = new EngineClient(engine.address, grpc.credentials.createInsecure());
    for (const severity of [LogSeverity.DEBUG, LogSeverity.INFO, LogSeverity.WARNING, LogSeverity.ERROR]) {
      const request = new LogRequest().setSeverity(severity).setMessage(`level ${severity}`);
      await call((callback) => client.log(request, callback));
    }
    client.close();
    expect(engine.errors).to.deep.equal(["level 3"]);
    expect(lines).to.deep.equal(["level 1", "level 2"]);
  });

  it("knows when the program is done", async () => {
    expect(engine.finished).to.equal(false);
    await call((callback) => monitor.signalAndWaitForShutdown(nothing(), callback));
    expect(engine.finished).to.equal(true);
  });
});
