import { expect } from "chai";
import { Access, AccessDenied } from "../../../cloud/iam/access";
import type { Resource } from "../../../cloud/types";
import { lambdaWith, resource } from "../../support/resources";

const deployed = { name: "f-1a2b", arn: "arn:aws:lambda:eu-west-1:000000000000:function:f-1a2b" };
const arnOf = (service: string, name: string) => `arn:aws:${service}:eu-west-1:000000000000:${name}`;
const [key, queue, parameter] = [arnOf("kms", "key/k"), arnOf("sqs", "q"), arnOf("ssm", "parameter/p")];
const logs = arnOf("logs", "log-group:l");
const rule = arnOf("events", "rule/r");

/** What is done to each thing, and what that needs of its key. */
const calls: [action: string, resource: string, needs: string[]][] = [
  ["s3:GetObject", "arn:aws:s3:::data/one", ["kms:Decrypt"]],
  ["s3:PutObject", "arn:aws:s3:::data/one", ["kms:GenerateDataKey"]],
  ["ssm:GetParameters", parameter, ["kms:Decrypt"]],
  ["sqs:SendMessage", queue, ["kms:GenerateDataKey", "kms:Decrypt"]],
  ["s3:ListBucket", "arn:aws:s3:::data", []],
];

const all = { Action: calls.map(([action]) => action), Resource: calls.map(([, arn]) => arn) };

/** Access to things under a key whose policy allows this beside what the account's IAM decides. */
function accessWith(keyActions: string[], keyPolicy: object[] = [], keyed = true) {
  const encrypted = (input: string) => (keyed ? { [input]: key } : {});
  const account = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::000000000000:root" } };
  const policy = JSON.stringify({
    Statement: [{ ...account, Action: "kms:*", Resource: "*" }, ...keyPolicy],
  });
  const onQueue = {
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sqs:SendMessage",
  };
  const log = { Action: ["logs:PutLogEvents"], Resource: `${logs}:*` };
  const onKey = keyActions.length > 0 ? [{ Action: keyActions, Resource: key }] : [];
  const functions = lambdaWith("f", deployed, [all, log, ...onKey]);
  const resources: Resource[] = [
    ...functions,
    resource("aws:kms/key:Key", "k", { policy }, { arn: key }),
    resource(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "data",
      {
        bucket: "data",
        rules: [
          { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", ...encrypted("kmsMasterKeyId") } },
        ],
      },
    ),
    resource("aws:sqs/queue:Queue", "q", encrypted("kmsMasterKeyId"), { arn: queue, url: "u" }),
    resource("aws:sqs/queuePolicy:QueuePolicy", "q", {
      queueUrl: "u",
      policy: JSON.stringify({ Statement: [{ ...onQueue, Resource: queue }] }),
    }),
    resource("aws:ssm/parameter:Parameter", "p", encrypted("keyId"), { arn: parameter }),
    resource("aws:cloudwatch/logGroup:LogGroup", "l", encrypted("kmsKeyId"), { arn: logs }),
  ];
  const access = new Access(resources);
  const caller = access.callerOf(
    functions.find(({ outputs }) => outputs.arn === deployed.arn)!,
    "lambda.amazonaws.com",
  );
  return { access, caller };
}

describe("access to what a key encrypts", () => {
  it("needs the key as well, whatever its policy leaves to the account", () => {
    for (const [action, arn, needs] of calls) {
      const { access, caller } = accessWith(needs);
      access.require(caller, action, arn);
      for (const need of needs) {
        const others = accessWith(["kms:Encrypt", ...needs.filter((one) => one !== need)]);
        expect(() => others.access.require(others.caller, action, arn), action)
          .to.throw(AccessDenied)
          .with.property("message")
          .that.includes(`is not authorized to perform: ${need} on resource: ${key}`);
      }
    }
  });

  it("needs no key where there is none", () => {
    const { access, caller } = accessWith([], [], false);
    for (const [action, arn] of calls) access.require(caller, action, arn);
  });

  it("is a service's by the policy of the key, in its own context", () => {
    const send = ({ access }: ReturnType<typeof accessWith>) =>
      access.requireService("events.amazonaws.com", rule, "sqs:SendMessage", queue);
    const write = ({ access, caller }: ReturnType<typeof accessWith>) =>
      access.require(caller, "logs:PutLogEvents", `${logs}:log-stream:s`);
    const allow = (service: string, Condition: object) => ({
      ...{
        Effect: "Allow",
        Principal: { Service: service },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      },
      ...{ Resource: "*", Condition },
    });
    const ofAccount = { StringEquals: { "aws:SourceAccount": "000000000000" } };
    const ofGroup = (arn: string) => ({ ArnLike: { "kms:EncryptionContext:aws:logs:arn": arn } });
    send(accessWith([], [allow("events.amazonaws.com", ofAccount)]));
    write(accessWith([], [allow("logs.eu-west-1.amazonaws.com", ofGroup(logs))]));
    for (const refused of [
      () => send(accessWith(["kms:Decrypt", "kms:GenerateDataKey"])),
      () => write(accessWith(["kms:Decrypt", "kms:GenerateDataKey"])),
      () => write(accessWith([], [allow("logs.eu-west-1.amazonaws.com", ofGroup(`${logs}-other`))])),
    ])
      expect(refused).to.throw(AccessDenied, /Service: (events|logs)\..* kms:GenerateDataKey/);
  });
});
