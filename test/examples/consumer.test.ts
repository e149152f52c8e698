import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { deployedOutputs, mockStacks, resolved, type Registered } from "../support/stackReference";

type Consumer = typeof import("../../examples/consumer/index");

interface Statement {
  Action: string[];
  Resource: string[];
}

describe("examples/consumer", function () {
  this.timeout(60_000);

  async function runWith(more: object): Promise<[Registered[], Consumer]> {
    const registered = await mockStacks({ ...deployedOutputs, ...more }, "spotify-consumer");
    pulumi.runtime.setAllConfig({ "spotify-consumer:pipeline": "you/spotify-data-pipeline/prod" });
    const file = require.resolve("../../examples/consumer/index");
    delete require.cache[file];
    const program = require(file) as Consumer;
    for (const output of Object.values(program)) await resolved(output);
    await pulumi.runtime.disconnect();
    return [registered, program];
  }
  after(() => pulumi.runtime.setAllConfig({}));

  const statementsOf = (registered: Registered[]): Statement[] => {
    const { inputs } = registered.find(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")!;
    return (JSON.parse(inputs.policy as string) as { Statement: Statement[] }).Statement;
  };

  it("lets analysts use the workgroup, the catalog, the lake and the results, and nothing else", async () => {
    const [registered] = await runWith({});
    const statements = statementsOf(registered);
    expect(statements.map(({ Resource }) => Resource)).to.deep.equal([
      ["arn:aws:athena:eu-west-1:123456789012:workgroup/analysts-1"],
      [
        "arn:aws:glue:eu-west-1:123456789012:catalog",
        "arn:aws:glue:eu-west-1:123456789012:database/lake_db",
        "arn:aws:glue:eu-west-1:123456789012:table/lake_db/*",
      ],
      ["arn:aws:s3:::lake-1", "arn:aws:s3:::results-1"],
      ["arn:aws:s3:::lake-1/g*", "arn:aws:s3:::lake-1/sealed/*"],
      ["arn:aws:s3:::results-1/athena/*"],
    ]);
    const writes = statements
      .flatMap(({ Action }) => Action)
      .filter((action) => /Put|Delete|Create/.test(action));
    expect(writes).to.deep.equal(["s3:PutObject"]);
  });

  it("lets them decrypt if the stack has a key", async () => {
    const key = "arn:aws:kms:eu-west-1:123456789012:key/1";
    const [registered] = await runWith({ kmsKeyArn: key });
    expect(statementsOf(registered).at(-1)).to.deep.include({
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: [key],
    });
  });

  it("has a queue told of new plays, by a rule of its own, and leaves the buckets' notifications alone", async () => {
    const [registered, { newPlaysQueueUrl }] = await runWith({});
    const of = (part: string) => registered.find(({ type }) => type.endsWith(`:${part}`))!.inputs;
    expect(registered.filter(({ type }) => type.startsWith("aws:s3/"))).to.be.empty;
    expect(JSON.parse(of("EventRule").eventPattern as string)).to.have.nested.property(
      "detail.bucket.name[0]",
      "lake-1",
    );
    expect(of("QueuePolicy").queueUrl).to.equal(await resolved(newPlaysQueueUrl));
    expect(of("EventTarget").arn).to.equal("arn:new-plays");
  });
});
