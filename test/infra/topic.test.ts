import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { readDataSource } from "../../cloud/pulumi/data-sources";
import { outputsOf } from "../../cloud/pulumi/models";
import { alarmTopic } from "../../infra/topic";
import { hearProtection } from "../support/protection";

const account = { project: "lake", stack: "test", region: "eu-west-1", accountId: "123456789012" };

let protectedNames: () => string[];

/** Declares the topic with these settings and returns the inputs of what was registered, by type. */
async function declared(settings: Parameters<typeof alarmTopic>[0]) {
  const inputsOf: Record<string, Record<string, unknown>> = {};
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        inputsOf[type] = inputs;
        const { id, ...state } = outputsOf({ type, name, inputs }, account);
        return { id, state };
      },
      call: ({ token, inputs }) => readDataSource(token, inputs, account),
    },
    account.project,
    account.stack,
    false,
  );
  protectedNames = hearProtection();
  alarmTopic(settings);
  await pulumi.runtime.disconnect();
  return inputsOf;
}

describe("the alarms' topic", () => {
  it("has no key by default", async () => {
    const made = await declared({ alarmEmail: undefined, kmsKey: undefined, keepData: true });
    expect(Object.keys(made)).to.have.members(["aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"]);
    expect(made["aws:sns/topic:Topic"]).to.deep.equal({});
  });

  it("has a key of its own with create, which rotates and which this account's alarms may use", async () => {
    const made = await declared({ alarmEmail: undefined, kmsKey: "create", keepData: true });
    const key = made["aws:kms/key:Key"]!;
    expect(key.enableKeyRotation).to.equal(true);
    const { arn } = outputsOf({ type: "aws:kms/key:Key", name: "alarms", inputs: key }, account);
    expect(made["aws:sns/topic:Topic"]!.kmsMasterKeyId).to.equal(arn);
    const [owner, alarms] = JSON.parse(String(key.policy)).Statement;
    expect(owner.Principal).to.deep.equal({ AWS: "arn:aws:iam::123456789012:root" });
    expect(alarms).to.deep.include({
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Condition: { StringEquals: { "aws:SourceAccount": account.accountId } },
    });
  });

  it("protects its own key, without which nothing that it encrypted can be read, if data is kept", async () => {
    for (const keepData of [true, false]) {
      await declared({ alarmEmail: undefined, kmsKey: "create", keepData });
      expect(protectedNames()).to.deep.equal(keepData ? ["Key alarms"] : []);
    }
  });

  it("takes a key that is there by its ARN, and makes none", async () => {
    const kmsKey = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const made = await declared({ alarmEmail: undefined, kmsKey, keepData: true });
    expect(made).not.to.have.property("aws:kms/key:Key");
    expect(made["aws:sns/topic:Topic"]).to.deep.equal({ kmsMasterKeyId: kmsKey });
  });

  it("mails to an address", async () => {
    const made = await declared({ alarmEmail: "me@example.org", kmsKey: undefined, keepData: true });
    expect(made["aws:sns/topicSubscription:TopicSubscription"]).to.include({
      protocol: "email",
      endpoint: "me@example.org",
    });
  });
});
