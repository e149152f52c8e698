import { expect } from "chai";
import { rightsOf } from "../../../../cloud/glue/crawler/rights";
import { Access } from "../../../../cloud/iam/access";
import { resource, roleWith } from "../../../support/resources";

describe("the rights of a crawler", () => {
  const statements = {
    log: {
      Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: "arn:aws:logs:eu-west-1:000000000000:log-group:/aws-glue/*",
    },
    key: {
      Action: "logs:AssociateKmsKey",
      Resource: "arn:aws:logs:eu-west-1:000000000000:log-group:/aws-glue/*",
    },
    security: { Action: "glue:GetSecurityConfiguration", Resource: "*" },
    list: { Action: "s3:ListBucket", Resource: "arn:aws:s3:::lake" },
    database: {
      Action: "glue:GetDatabase",
      Resource: ["catalog", "database/lake"].map((name) => `arn:aws:glue:eu-west-1:000000000000:${name}`),
    },
  };
  const rights = (given: (keyof typeof statements)[], inputs = {}) => {
    const role = roleWith(
      "lake",
      "glue.amazonaws.com",
      given.map((name) => statements[name]),
    );
    const own = { role: role[0]!.outputs.arn, ...inputs };
    const names = { name: "lake-1a2b", arn: "arn:aws:glue:eu-west-1:000000000000:crawler/lake-1a2b" };
    return rightsOf(resource("aws:glue/crawler:Crawler", "lake", own, names), new Access(role));
  };

  it("let it write its log, encrypted only if it may also use the key", () => {
    rights(["log"]).log();
    expect(() => rights([]).log()).to.throw("logs:CreateLogGroup on");
    const secure = { securityConfiguration: "encrypted" };
    rights(["log", "key", "security"], secure).log();
    expect(() => rights(["log", "key"], secure).log()).to.throw("glue:GetSecurityConfiguration on");
    expect(() => rights(["log", "security"], secure).log()).to.throw("logs:AssociateKmsKey on");
  });

  it("are for its own database and bucket", () => {
    const { openDatabase, list, read, table } = rights(["database", "list"]);
    openDatabase("lake");
    list("s3://lake/g1/tracks/");
    expect(() => openDatabase("other")).to.throw(
      "glue:GetDatabase on resource: arn:aws:glue:eu-west-1:000000000000:database/other",
    );
    expect(() => list("s3://raw/")).to.throw("s3:ListBucket on resource: arn:aws:s3:::raw ");
    expect(() => read("s3://lake/g1/", "a.gz")).to.throw(
      "s3:GetObject on resource: arn:aws:s3:::lake/g1/a.gz",
    );
    expect(() => table("lake", "tracks", "GetTable")).to.throw("glue:GetTable on");
  });

  it("are all that there are if nothing says which it has", () => {
    const free = rightsOf(resource("aws:glue/crawler:Crawler", "lake", {}), undefined);
    free.log();
    free.table("lake", "tracks", "DeleteTable");
  });
});
