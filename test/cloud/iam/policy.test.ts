import { expect } from "chai";
import { UserError } from "../../../cloud/errors";
import type { Context } from "../../../cloud/iam/conditions";
import { Policy } from "../../../cloud/iam/policy";

const bucket = "arn:aws:s3:::b";

/** What statements say of an action on an object of the bucket. */
function decide(statements: object, action: string, key: string, context: Context = {}, principal = "role") {
  const policy = new Policy(JSON.stringify({ Version: "2012-10-17", Statement: statements }));
  return policy.decide({ action, resource: `${bucket}/${key}`, context, principals: [principal, "*"] });
}

const allow = (Action: string | string[], Resource: string | string[], more = {}) => ({
  ...{ Effect: "Allow", Action, Resource: [Resource].flat().map((key) => `${bucket}/${key}`) },
  ...more,
});
const deny = (...args: Parameters<typeof allow>) => ({ ...allow(...args), Effect: "Deny" });

describe("Policy", () => {
  it("allows nothing but what it says, actions in any case, resources as they are", () => {
    const one = [allow(["s3:GetObject", "s3:PutObject"], ["raw/*", "state/x.json"])];
    expect(decide(one, "s3:GetObject", "raw/a/b")).to.equal("allowed");
    expect(decide(one, "s3:getobject", "state/x.json")).to.equal("allowed");
    for (const [action, key] of [
      ["s3:DeleteObject", "raw/a"],
      ["s3:GetObject", "rawer"],
      ["s3:GetObject", "Raw/a"],
      ["s3:GetObject", "state/x.json.old"],
      ["s3:GetObjectVersion", "raw/a"],
    ] as const)
      expect(decide(one, action, key), `${action} ${key}`).to.equal("nothing");
  });

  it("knows wildcards in actions and resources, and takes all other characters as they are", () => {
    expect(decide(allow("s3:*Object", "*"), "s3:PutObject", "any")).to.equal("allowed");
    expect(decide(allow("s3:Get*", "a?c/*.gz"), "s3:GetObject", "abc/d/e.gz")).to.equal("allowed");
    expect(decide(allow("s3:Get*", "a?c/*.gz"), "s3:GetObject", "ac/d.gz")).to.equal("nothing");
    expect(decide(allow("*", "a.c"), "s3:GetObject", "abc")).to.equal("nothing");
    expect(decide(allow("*", "(a|b)*"), "s3:GetObject", "a")).to.equal("nothing");
  });

  it("lets a denial count more, wherever it stands", () => {
    for (const both of [
      [allow("s3:*", "*"), deny("s3:GetObject", "secret/*")],
      [deny("s3:GetObject", "secret/*"), allow("s3:*", "*")],
    ]) {
      expect(decide(both, "s3:GetObject", "secret/a")).to.equal("denied");
      expect(decide(both, "s3:PutObject", "secret/a")).to.equal("allowed");
    }
  });

  it("reads whom a resource's policy speaks of", () => {
    const ofEvents = allow("s3:*", "*", { Principal: { Service: ["events.amazonaws.com"] } });
    expect(decide(ofEvents, "s3:GetObject", "a", {}, "events.amazonaws.com")).to.equal("allowed");
    expect(decide(ofEvents, "s3:GetObject", "a", {}, "glue.amazonaws.com")).to.equal("nothing");
    expect(decide(allow("s3:*", "*", { Principal: "*" }), "s3:GetObject", "a")).to.equal("allowed");
  });

  const conditions: [condition: object, context: Context, holds: boolean][] = [
    [{ Bool: { "aws:SecureTransport": "false" } }, { "aws:SecureTransport": "true" }, false],
    [{ Bool: { "aws:SecureTransport": "true" } }, { "aws:SecureTransport": "true" }, true],
    [{ StringEquals: { "aws:SourceAccount": ["1", "2"] } }, { "aws:SourceAccount": "2" }, true],
    [{ StringEquals: { "aws:sourceaccount": "1" } }, { "aws:SourceAccount": "1" }, true],
    [{ StringEquals: { "aws:SourceAccount": "1" } }, {}, false],
    [{ StringEqualsIfExists: { "aws:SourceAccount": "1" } }, {}, true],
    [{ StringNotEquals: { "aws:SourceAccount": ["1", "2"] } }, { "aws:SourceAccount": "2" }, false],
    [{ StringNotEquals: { "aws:SourceAccount": "1" } }, {}, true],
    [{ ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } }, { "aws:SourceArn": bucket }, true],
    [{ ArnNotEquals: { "aws:SourceArn": bucket } }, { "aws:SourceArn": bucket }, false],
    [{ StringLike: { "s3:prefix": "raw/*" } }, { "s3:prefix": "lake/" }, false],
    [{ Null: { "aws:SourceArn": "true" } }, {}, true],
    [{ Null: { "aws:SourceArn": "false" } }, {}, false],
    [
      { StringEquals: { "aws:SourceAccount": "1" }, ArnEquals: { "aws:SourceArn": bucket } },
      { "aws:SourceAccount": "1" },
      false,
    ],
  ];
  for (const [Condition, context, holds] of conditions)
    it(`${holds ? "applies" : "does not apply"} if ${JSON.stringify(Condition)} and ${JSON.stringify(context)}`, () => {
      expect(decide(allow("s3:*", "*", { Condition }), "s3:GetObject", "a", context)).to.equal(
        holds ? "allowed" : "nothing",
      );
    });

  it("refuses what it does not know", () => {
    for (const [statement, what] of [
      [{ Effect: "Allow", NotAction: "s3:*", Action: "*", Resource: "*" }, "NotAction in a policy"],
      [allow("s3:*", "*", { Condition: { IpAddress: { "aws:SourceArn": "1" } } }), "operator IpAddress"],
      [
        allow("s3:*", "*", { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }),
        "key aws:Multi",
      ],
      [allow("s3:*", "${aws:username}/*"), "policy variables"],
    ] as const)
      expect(() => new Policy(JSON.stringify({ Statement: statement }))).to.throw(UserError, what);
  });

  it("remembers what each grant was first used for", () => {
    const policy = new Policy(
      JSON.stringify({ Statement: allow(["s3:GetObject", "s3:PutObject"], ["raw/*", "state/*"]) }),
    );
    const ask = (key: string) =>
      policy.decide({ action: "s3:PutObject", resource: `${bucket}/${key}`, context: {}, principals: [] });
    ask("raw/1");
    ask("raw/2");
    ask("lake/1");
    expect(
      policy.grants.map(({ action, resource, firstUse }) => [action, resource, firstUse?.resource]),
    ).to.deep.equal([
      ["s3:GetObject", `${bucket}/raw/*`, undefined],
      ["s3:GetObject", `${bucket}/state/*`, undefined],
      ["s3:PutObject", `${bucket}/raw/*`, `${bucket}/raw/1`],
      ["s3:PutObject", `${bucket}/state/*`, undefined],
    ]);
  });
});
