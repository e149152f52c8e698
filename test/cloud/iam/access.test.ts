import * as glue from "@aws-sdk/client-glue";
import * as s3 from "@aws-sdk/client-s3";
import * as sqs from "@aws-sdk/client-sqs";
import * as ssm from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { serveJson } from "../../../cloud/aws/json";
import { QueueFiles } from "../../../cloud/aws/queues";
import { sqsOperations } from "../../../cloud/aws/sqs";
import { parametersOf, ssmOperations } from "../../../cloud/aws/ssm";
import { UserError } from "../../../cloud/errors";
import { glueOperations } from "../../../cloud/glue/glue";
import { PartitionFiles } from "../../../cloud/glue/partitions";
import { tablesOf } from "../../../cloud/glue/tables";
import type { LocalServer } from "../../../cloud/http";
import { Access, administratorKey } from "../../../cloud/iam/access";
import { S3Server } from "../../../cloud/s3/server";
import type { Resource } from "../../../cloud/types";
import { makeFolder } from "../../support/folders";
import { lambdaWith, resource, roleWith } from "../../support/resources";

const clock = { now: () => 0 };
const deployed = { name: "f-1a2b", arn: "arn:aws:lambda:eu-west-1:000000000000:function:f-1a2b" };
const user = "User: arn:aws:sts::000000000000:assumed-role/f-role/f-1a2b";
const arnOf = (service: string, name: string) => `arn:aws:${service}:eu-west-1:000000000000:${name}`;

const resources: Resource[] = [
  resource("aws:ssm/parameter:Parameter", "app", { name: "/p/app", type: "String", value: "v" }),
  resource("aws:ssm/parameter:Parameter", "other", { name: "/p/other", type: "String", value: "v" }),
  resource("aws:glue/catalogTable:CatalogTable", "tracks", {
    ...{ databaseName: "lake", name: "tracks", partitionKeys: [{ name: "month" }] },
  }),
  resource("aws:s3/bucketPolicy:BucketPolicy", "b", {
    bucket: "data",
    policy: JSON.stringify({
      Statement: [
        {
          ...{ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::data/*" },
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::data/closed/*" },
      ],
    }),
  }),
];

type Statements = Parameters<typeof lambdaWith>[2];

describe("access to the embedded cloud", () => {
  let server: S3Server;
  let json: LocalServer;
  let access: Access;
  let endpoint: string;
  const onObjects = (...actions: string[]) => ({ Action: actions, Resource: "arn:aws:s3:::data/raw/*" });
  const onBucket = { Action: "s3:ListBucket", Resource: "arn:aws:s3:::data" };

  before(async () => {
    access = new Access([...lambdaWith("f", deployed, []), ...resources]);
    const dir = makeFolder();
    server = new S3Server({ root: dir, access });
    endpoint = await server.start();
    await server.createBucket("data");
    const operations = {
      ...ssmOperations(parametersOf(resources)),
      ...glueOperations(tablesOf(resources), new PartitionFiles(dir), clock),
      ...sqsOperations(["failures"], new QueueFiles(dir, clock)),
    };
    json = await serveJson(operations, { access });
    await put(s3Client(administratorKey.accessKeyId), "raw/there", "text");
  });
  after(() => Promise.all([server.close(), json.close()]));

  /** An access key id of a function that may do just this. */
  const keyWith = (...statements: Statements) => {
    const declared = lambdaWith("f", deployed, statements);
    const policy = declared.find(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")!;
    access.putRolePolicy("f", String(policy.inputs.policy));
    return access.keyOf(access.callerOf(declared.at(-1)!, "lambda.amazonaws.com"));
  };
  const settings = (accessKeyId: string, url: string) => ({
    ...{ endpoint: url, region: "us-east-1", maxAttempts: 1 },
    credentials: { accessKeyId, secretAccessKey: "any" },
  });
  const s3Client = (key: string) => new s3.S3Client(settings(key, endpoint));
  const put = (
    client: s3.S3Client,
    Key: string,
    Body: string,
    more: Partial<s3.PutObjectCommandInput> = {},
  ) => client.send(new s3.PutObjectCommand({ Bucket: "data", Key, Body, ...more }));
  const get = (client: s3.S3Client, Key: string) =>
    client.send(new s3.GetObjectCommand({ Bucket: "data", Key }));

  /** `ok`, or status, name and message of the error. */
  const outcome = async (call: Promise<unknown>): Promise<unknown> => {
    try {
      await call;
      return "ok";
    } catch (error) {
      const { name, message, $metadata } = error as s3.S3ServiceException;
      return [$metadata.httpStatusCode, name, message];
    }
  };
  const denied = (action: string, arn: string, why?: string) => [
    403,
    "AccessDenied",
    `${user} is not authorized to perform: ${action} on resource: ${arn} ${why ?? `because no identity-based policy allows the ${action} action`}`,
  ];

  describe("S3", () => {
    it("lets a function that may only add objects replace none", async () => {
      const client = s3Client(
        keyWith({ ...onObjects("s3:PutObject"), Condition: { Null: { "s3:if-none-match": "false" } } }),
      );
      const isNew = { IfNoneMatch: "*" };
      expect(await outcome(put(client, "raw/added", "text", isNew))).to.equal("ok");
      expect(await outcome(put(client, "raw/added", "text", isNew))).to.include(412);
      for (const condition of [{}, { IfMatch: "any" }])
        expect(await outcome(put(client, "raw/added", "other", condition))).to.deep.equal(
          denied("s3:PutObject", "arn:aws:s3:::data/raw/added"),
        );
    });

    it("lets a function do what its role allows, and nothing else", async () => {
      const client = s3Client(keyWith(onObjects("s3:GetObject"), onBucket));
      expect(await outcome(get(client, "raw/there"))).to.equal("ok");
      expect(await outcome(client.send(new s3.ListObjectsV2Command({ Bucket: "data" })))).to.equal("ok");
      expect(await outcome(put(client, "raw/new", "text"))).to.deep.equal(
        denied("s3:PutObject", "arn:aws:s3:::data/raw/new"),
      );
      expect(await outcome(get(client, "state/x"))).to.deep.equal(
        denied("s3:GetObject", "arn:aws:s3:::data/state/x"),
      );
      const remove = new s3.DeleteObjectCommand({ Bucket: "data", Key: "raw/there" });
      expect(await outcome(client.send(remove))).to.deep.equal(
        denied("s3:DeleteObject", "arn:aws:s3:::data/raw/there"),
      );
      const versions = new s3.ListObjectVersionsCommand({ Bucket: "data" });
      expect(await outcome(client.send(versions))).to.deep.equal(
        denied("s3:ListBucketVersions", "arn:aws:s3:::data"),
      );
      expect(await outcome(put(s3Client(administratorKey.accessKeyId), "state/x", "text"))).to.equal("ok");
    });

    it("says of a missing object that it is missing only to who may list the bucket", async () => {
      const withList = s3Client(keyWith(onObjects("s3:GetObject"), onBucket));
      expect(await outcome(get(withList, "raw/missing"))).to.deep.include.members([404, "NoSuchKey"]);
      const without = s3Client(keyWith(onObjects("s3:GetObject")));
      const refusal = denied("s3:ListBucket", "arn:aws:s3:::data");
      expect(await outcome(get(without, "raw/missing"))).to.deep.equal(refusal);
      expect(await outcome(get(without, "raw/there"))).to.equal("ok");
    });

    it("answers HEAD with the status alone", async () => {
      const client = s3Client(keyWith());
      const head = new s3.HeadObjectCommand({ Bucket: "data", Key: "raw/there" });
      expect(((await outcome(client.send(head))) as unknown[])[0]).to.equal(403);
    });

    it("asks for GetObject too where a write depends on what is there, not where nothing may be there", async () => {
      const client = s3Client(keyWith(onObjects("s3:PutObject", "s3:DeleteObject")));
      expect(await outcome(put(client, "raw/a", "1", { IfNoneMatch: "*" }))).to.equal("ok");
      const refusal = denied("s3:GetObject", "arn:aws:s3:::data/raw/a");
      expect(await outcome(put(client, "raw/a", "2", { IfMatch: "x" }))).to.deep.equal(refusal);
      const remove = new s3.DeleteObjectCommand({ Bucket: "data", Key: "raw/a", IfMatch: "x" });
      expect(await outcome(client.send(remove))).to.deep.equal(refusal);
    });

    it("decides for each of many objects that are deleted at once", async () => {
      const client = s3Client(keyWith(onObjects("s3:DeleteObject")));
      const Objects = ["raw/a", "lake/a"].map((Key) => ({ Key }));
      const { Deleted, Errors } = await client.send(
        new s3.DeleteObjectsCommand({ Bucket: "data", Delete: { Objects } }),
      );
      expect(Deleted!.map(({ Key }) => Key)).to.deep.equal(["raw/a"]);
      expect(Errors!.map(({ Key, Code }) => [Key, Code])).to.deep.equal([["lake/a", "AccessDenied"]]);
    });

    it("denies what the role or the bucket denies, whatever allows it", async () => {
      const everything = { Action: "s3:*", Resource: "arn:aws:s3:::data/*" };
      const client = s3Client(keyWith(everything, { ...onObjects("s3:GetObject"), Effect: "Deny" }));
      expect(await outcome(get(client, "raw/there"))).to.deep.equal(
        denied(
          "s3:GetObject",
          "arn:aws:s3:::data/raw/there",
          "with an explicit deny in an identity-based policy",
        ),
      );
      expect(await outcome(put(client, "closed/a", "1"))).to.deep.equal(
        denied(
          "s3:PutObject",
          "arn:aws:s3:::data/closed/a",
          "with an explicit deny in a resource-based policy",
        ),
      );
      expect(await outcome(put(client, "open/a", "1"))).to.equal("ok");
    });

    it("knows no bucket that is not there, and nobody without a known key", async () => {
      const client = s3Client(keyWith());
      const listing = new s3.ListObjectsV2Command({ Bucket: "none" });
      expect(await outcome(client.send(listing))).to.deep.include.members([404, "NoSuchBucket"]);
      expect(await outcome(get(s3Client("stranger"), "raw/there"))).to.deep.include.members([
        403,
        "InvalidAccessKeyId",
      ]);
      expect((await fetch(`${endpoint}/data/raw/there`)).status).to.equal(403);
    });
  });

  describe("SSM, Glue and SQS", () => {
    const ask = (key: string) => {
      const all = settings(key, `http://${json.address}`);
      return {
        parameters: (...Names: string[]) =>
          outcome(new ssm.SSMClient(all).send(new ssm.GetParametersCommand({ Names }))),
        partition: () =>
          outcome(
            new glue.GlueClient(all).send(
              new glue.GetPartitionsCommand({ DatabaseName: "lake", TableName: "tracks" }),
            ),
          ),
        send: () =>
          outcome(
            new sqs.SQSClient({ ...all, useQueueUrlAsEndpoint: false }).send(
              new sqs.SendMessageCommand({
                QueueUrl: "https://any/000000000000/failures",
                MessageBody: "{}",
              }),
            ),
          ),
      };
    };
    const refusal = (action: string, arn: string) => [
      400,
      "AccessDeniedException",
      `${user} is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action`,
    ];

    it("give a parameter only to who may read it, and none if one of them is refused", async () => {
      const { parameters } = ask(
        keyWith({ Action: "ssm:GetParameters", Resource: arnOf("ssm", "parameter/p/app") }),
      );
      expect(await parameters("/p/app")).to.equal("ok");
      const other = refusal("ssm:GetParameters", arnOf("ssm", "parameter/p/other"));
      expect(await parameters("/p/app", "/p/other")).to.deep.equal(other);
      const { parameters: never } = ask(
        keyWith({ Action: "ssm:GetParameter", Resource: arnOf("ssm", "parameter/*") }),
      );
      expect(await never("/p/app")).to.deep.equal(
        refusal("ssm:GetParameters", arnOf("ssm", "parameter/p/app")),
      );
    });

    it("want a Glue call allowed on the catalog, the database and the table", async () => {
      const names = ["catalog", "database/lake", "table/lake/tracks"];
      const all = { Action: "glue:GetPartitions", Resource: names.map((name) => arnOf("glue", name)) };
      expect(await ask(keyWith(all)).partition()).to.equal("ok");
      for (const missing of all.Resource) {
        const others = all.Resource.filter((one) => one !== missing);
        expect(await ask(keyWith({ ...all, Resource: others })).partition()).to.deep.equal(
          refusal("glue:GetPartitions", missing),
        );
      }
    });

    it("take a message only from who may send it, and nothing from strangers", async () => {
      expect(
        await ask(keyWith({ Action: "sqs:SendMessage", Resource: arnOf("sqs", "failures") })).send(),
      ).to.equal("ok");
      expect(await ask(keyWith()).send()).to.deep.equal(refusal("sqs:SendMessage", arnOf("sqs", "failures")));
      expect(await ask("stranger").send()).to.deep.include.members([400, "UnrecognizedClientException"]);
    });
  });

  describe("a role", () => {
    const callerOf = (declared: Resource[], service = "lambda.amazonaws.com") =>
      new Access(declared).callerOf(declared.at(-1)!, service);

    it("has to be in the program, and trust the service that takes it", () => {
      const [role, policy, lambda] = lambdaWith("f", deployed, []);
      expect(() => callerOf([lambda!])).to.throw(
        UserError,
        /^The role arn:.* of the Function f is not in the/,
      );
      expect(() => callerOf([role!, policy!, lambda!], "glue.amazonaws.com")).to.throw(
        UserError,
        /^glue.amazonaws.com may not take the role f-role of f: /,
      );
    });

    it("may have no policy whose text is not in the program", () => {
      const attached = resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "f", {
        role: "f-role",
        policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
      });
      expect(() => new Access([attached])).to.throw(UserError, "policy/AdministratorAccess allows");
      const [role] = roleWith("f", "lambda.amazonaws.com", []);
      const managed = { ...role!, inputs: { ...role!.inputs, managedPolicyArns: ["arn:x"] } };
      expect(() => new Access([managed])).to.throw(UserError, "managedPolicyArns");
    });

    it("shows what it allows and what each permission was used for", async () => {
      const client = s3Client(keyWith(onObjects("s3:GetObject", "s3:PutObject")));
      await get(client, "raw/there");
      const used = access.grants.filter(({ action }) => action.startsWith("s3:"));
      expect(used.map(({ role, action, firstUse }) => [role, action, firstUse?.resource])).to.deep.equal([
        ["f", "s3:GetObject", "arn:aws:s3:::data/raw/there"],
        ["f", "s3:PutObject", undefined],
      ]);
    });
  });
});
