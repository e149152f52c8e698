import { expect } from "chai";
import * as fc from "fast-check";
import { UserError } from "../../../cloud/errors";
import { outputsOf, type Account } from "../../../cloud/pulumi/models";

const account: Account = { project: "demo", stack: "test", region: "eu-west-1", accountId: "000000000000" };
const bucketType = "aws:s3/bucket:Bucket";

describe("outputsOf", () => {
  it("names resources as the engine does, the same in every evaluation", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), (name) => {
        const { bucket } = outputsOf({ type: bucketType, name, inputs: {} }, account);
        expect(bucket).to.match(new RegExp(`^${name}-[0-9a-f]{7}$`));
        expect(outputsOf({ type: bucketType, name, inputs: {} }, account).bucket).to.equal(bucket);
      }),
    );
  });

  it("gives other names in another stack, project and for another type", () => {
    const topic = { type: "aws:sns/topic:Topic", name: "alarms", inputs: {} };
    const names = [
      outputsOf(topic, account),
      outputsOf(topic, { ...account, stack: "prod" }),
      outputsOf(topic, { ...account, project: "other" }),
      outputsOf({ ...topic, type: "aws:sqs/queue:Queue" }, account),
    ].map((outputs) => outputs.name);
    expect(new Set(names).size).to.equal(4);
  });

  it("keeps names and settings that are given", () => {
    const inputs = { name: "extract", timeout: 900, runtime: "nodejs24.x" };
    expect(outputsOf({ type: "aws:lambda/function:Function", name: "x", inputs }, account)).to.deep.include({
      id: "extract",
      name: "extract",
      arn: "arn:aws:lambda:eu-west-1:000000000000:function:extract",
      runtime: "nodejs24.x",
      timeout: 900,
      memorySize: 128,
      region: "eu-west-1",
    });
  });

  it("puts a resource into the region it asks for", () => {
    const inputs = { bucket: "b", region: "us-west-2" };
    expect(outputsOf({ type: bucketType, name: "x", inputs }, account)).to.deep.include({
      region: "us-west-2",
      bucketRegionalDomainName: "b.s3.us-west-2.amazonaws.com",
    });
  });

  const arns: [type: string, inputs: Record<string, unknown>, arn: string][] = [
    [bucketType, { bucket: "b" }, "arn:aws:s3:::b"],
    ["aws:iam/role:Role", { name: "r" }, "arn:aws:iam::000000000000:role/r"],
    ["aws:iam/role:Role", { name: "r", path: "/p/" }, "arn:aws:iam::000000000000:role/p/r"],
    ["aws:cloudwatch/eventRule:EventRule", { name: "r" }, "arn:aws:events:eu-west-1:000000000000:rule/r"],
    [
      "aws:cloudwatch/eventRule:EventRule",
      { name: "r", eventBusName: "b" },
      "arn:aws:events:eu-west-1:000000000000:rule/b/r",
    ],
    ["aws:cloudwatch/logGroup:LogGroup", { name: "/l" }, "arn:aws:logs:eu-west-1:000000000000:log-group:/l"],
    [
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      { name: "a" },
      "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:a",
    ],
    ["aws:ssm/parameter:Parameter", { name: "/a/b" }, "arn:aws:ssm:eu-west-1:000000000000:parameter/a/b"],
    [
      "aws:glue/catalogDatabase:CatalogDatabase",
      { name: "d" },
      "arn:aws:glue:eu-west-1:000000000000:database/d",
    ],
    [
      "aws:glue/catalogTable:CatalogTable",
      { name: "t", databaseName: "d" },
      "arn:aws:glue:eu-west-1:000000000000:table/d/t",
    ],
    ["aws:glue/crawler:Crawler", { name: "c" }, "arn:aws:glue:eu-west-1:000000000000:crawler/c"],
    ["aws:athena/workgroup:Workgroup", { name: "w" }, "arn:aws:athena:eu-west-1:000000000000:workgroup/w"],
    ["aws:sns/topic:Topic", { name: "t" }, "arn:aws:sns:eu-west-1:000000000000:t"],
    ["aws:sqs/queue:Queue", { name: "q" }, "arn:aws:sqs:eu-west-1:000000000000:q"],
  ];
  for (const [type, inputs, arn] of arns) {
    it(`knows the ARN of ${type} ${JSON.stringify(inputs)}`, () => {
      expect(outputsOf({ type, name: "x", inputs }, account).arn).to.equal(arn);
    });
  }

  it("refuses a type without a model", () => {
    expect(() => outputsOf({ type: "aws:ec2/vpc:Vpc", name: "network", inputs: {} }, account)).to.throw(
      UserError,
      'The embedded cloud does not know resources of type aws:ec2/vpc:Vpc, such as "network"; ' +
        "add the type to cloud/pulumi/models.ts.",
    );
  });
});
