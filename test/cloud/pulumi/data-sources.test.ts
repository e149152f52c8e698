import { expect } from "chai";
import { UserError } from "../../../cloud/errors";
import { DataSourceFailure, readDataSource } from "../../../cloud/pulumi/data-sources";
import type { Account } from "../../../cloud/pulumi/models";

const account: Account = { project: "demo", stack: "test", region: "eu-west-1", accountId: "123456789012" };
const policyDocument = "aws:iam/getPolicyDocument:getPolicyDocument";

function policyOf(args: Record<string, unknown>) {
  const { json, minifiedJson } = readDataSource(policyDocument, args, account) as Record<string, string>;
  expect(JSON.parse(json!)).to.deep.equal(JSON.parse(minifiedJson!));
  return JSON.parse(json!) as unknown;
}

describe("readDataSource", () => {
  it("knows the account", () => {
    const identity = readDataSource("aws:index/getCallerIdentity:getCallerIdentity", {}, account);
    expect(identity).to.include({ accountId: "123456789012" });
  });

  it("knows the region, and one that is asked for", () => {
    const token = "aws:index/getRegion:getRegion";
    expect(readDataSource(token, {}, account)).to.include({ region: "eu-west-1", name: "eu-west-1" });
    expect(readDataSource(token, { region: "us-west-2" }, account)).to.include({ region: "us-west-2" });
  });

  it("writes policies as IAM does: one value bare, several as a list, Allow unless said otherwise", () => {
    const statements = [
      {
        sid: "Read",
        actions: ["s3:GetObject", "s3:ListBucket"],
        resources: ["arn:aws:s3:::b"],
        principals: [{ type: "Service", identifiers: ["lambda.amazonaws.com"] }],
        conditions: [
          { test: "StringEquals", variable: "aws:SourceAccount", values: ["123456789012"] },
          { test: "StringEquals", variable: "aws:SourceArn", values: ["a", "b"] },
        ],
      },
      {
        effect: "Deny",
        notActions: ["s3:*"],
        notResources: ["*"],
        principals: [{ type: "*", identifiers: ["*"] }],
      },
    ];
    expect(policyOf({ statements })).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Read",
          Effect: "Allow",
          Action: ["s3:GetObject", "s3:ListBucket"],
          Resource: "arn:aws:s3:::b",
          Principal: { Service: "lambda.amazonaws.com" },
          Condition: {
            StringEquals: { "aws:SourceAccount": "123456789012", "aws:SourceArn": ["a", "b"] },
          },
        },
        { Effect: "Deny", NotAction: "s3:*", NotResource: "*", Principal: "*" },
      ],
    });
  });

  it("refuses to merge policies rather than leave statements out", () => {
    expect(() => policyOf({ sourcePolicyDocuments: ["{}"] })).to.throw(
      UserError,
      "does not know sourcePolicyDocuments of getPolicyDocument",
    );
  });

  it("knows the tables that are live, and says of others that they are not found", () => {
    const token = "aws:glue/getCatalogTable:getCatalogTable";
    const live = [{ database: "lake", name: "plays", inputFormat: "SomeFormat" }];
    expect(readDataSource(token, { databaseName: "lake", name: "plays" }, account, live)).to.deep.include({
      storageDescriptors: [{ inputFormat: "SomeFormat" }],
    });
    for (const args of [
      { databaseName: "lake", name: "tracks" },
      { databaseName: "lake_g2", name: "plays" },
    ]) {
      expect(() => readDataSource(token, args, account, live)).to.throw(
        DataSourceFailure,
        `(123456789012:${args.databaseName}:${args.name}): couldn't find resource`,
      );
    }
  });

  it("refuses a data source it does not know", () => {
    expect(() => readDataSource("aws:ec2/getAmi:getAmi", {}, account)).to.throw(
      UserError,
      "does not know the data source aws:ec2/getAmi:getAmi",
    );
  });
});
