import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { alarmTopic } from "../../infra/topic";
import { declared } from "../support/declared";

describe("the alarms' topic", () => {
  it("has no key by default", async () => {
    const { inputsOf } = await declared(() => alarmTopic({ alarmEmail: undefined }, undefined));
    expect(Object.keys(inputsOf)).to.have.members(["aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"]);
    expect(inputsOf["aws:sns/topic:Topic"]).to.deep.equal({});
  });

  it("is encrypted by the stack's key", async () => {
    const arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const { inputsOf } = await declared(() => alarmTopic({ alarmEmail: undefined }, pulumi.output(arn)));
    expect(inputsOf["aws:sns/topic:Topic"]).to.deep.equal({ kmsMasterKeyId: arn });
  });

  it("mails to an address", async () => {
    const { inputsOf } = await declared(() => alarmTopic({ alarmEmail: "me@example.org" }, undefined));
    expect(inputsOf["aws:sns/topicSubscription:TopicSubscription"]).to.include({
      protocol: "email",
      endpoint: "me@example.org",
    });
  });
});
