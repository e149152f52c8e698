import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { serviceStatements, stackKey, type StackKey } from "../../infra/key";
import { account, declared } from "../support/declared";

const keyType = "aws:kms/key:Key";

interface Statement {
  Principal: Record<string, string>;
  Action: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Declares the key of these settings. */
async function keyOf(settings: Parameters<typeof stackKey>[0]) {
  let key: StackKey;
  const { inputsOf, ...names } = await declared(() => (key = stackKey(settings)));
  const arn = key && (await new Promise<string>((resolve) => key!.apply(resolve)));
  return { arn, made: inputsOf[keyType], ...names };
}

describe("the stack's key", () => {
  it("is none by default, and with an ARN one that is there", async () => {
    const kmsKey = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    expect(await keyOf({ kmsKey: undefined, keepData: true })).to.deep.include({
      arn: undefined,
      made: undefined,
    });
    expect(await keyOf({ kmsKey, keepData: true })).to.deep.include({ arn: kmsKey, made: undefined });
  });

  it("rotates, and is protected with the data that cannot be read without it", async () => {
    const kept = await keyOf({ kmsKey: "create", keepData: true });
    expect(kept.arn).to.match(/^arn:aws:kms:eu-west-1:123456789012:key\/[0-9a-f-]{36}$/);
    expect(kept.made).to.include({ enableKeyRotation: true, deletionWindowInDays: 30 });
    expect([kept.protectedNames, kept.retainedNames]).to.deep.equal([["Key data"], ["Key data"]]);
    const test = await keyOf({ kmsKey: "create", keepData: false });
    expect(test.made).to.include({ deletionWindowInDays: 7 });
    expect([test.protectedNames, test.retainedNames]).to.deep.equal([[], []]);
  });

  it("lets the account's IAM decide, and three services use it for this account alone", async () => {
    const { made } = await keyOf({ kmsKey: "create", keepData: true });
    const [owner, ...services] = JSON.parse(String(made!.policy)).Statement as Statement[];
    expect(owner!.Principal).to.deep.equal({ AWS: `arn:aws:iam::${account.accountId}:root` });
    const ofAccount = { StringEquals: { "aws:SourceAccount": account.accountId } };
    const logs = `arn:aws:logs:eu-west-1:${account.accountId}:log-group:`;
    const arns = [`${logs}/aws/lambda/lake-test-*`, `${logs}/aws-glue/*`];
    expect(services.map(({ Principal, Condition }) => [Principal.Service, Condition])).to.deep.equal([
      ["cloudwatch.amazonaws.com", ofAccount],
      ["events.amazonaws.com", ofAccount],
      ["logs.eu-west-1.amazonaws.com", { ArnLike: { "kms:EncryptionContext:aws:logs:arn": arns } }],
    ]);
    for (const { Action } of services.slice(0, 2))
      expect(Action).to.deep.equal(["kms:Decrypt", "kms:GenerateDataKey"]);
    const doc = fs.readFileSync(path.join(__dirname, "../../docs/encryption.md"), "utf8");
    const [, statements] = /```json\n([^`]*)```/.exec(doc)!;
    expect(JSON.parse(statements!), "docs/encryption.md").to.deep.equal(
      serviceStatements(account.accountId, account.region),
    );
  });
});
