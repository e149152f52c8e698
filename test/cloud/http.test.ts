import { expect } from "chai";
import { GlueClient, GetPartitionCommand } from "@aws-sdk/client-glue";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { AwsError, serveJson } from "../../cloud/aws/json";
import { S3Server } from "../../cloud/s3/server";
import { newFolder, rejection, removeFolders } from "./s3/help";

describe("httpDate", () => {
  const realNow = Date.now;
  const clock = { now: () => realNow() + 90 * 86_400_000 };
  const client = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };

  before(() => {
    // As in a function with a simulated clock.
    Date.now = clock.now;
  });
  after(async () => {
    Date.now = realNow;
    await removeFolders();
  });

  it("lets S3's client take an error as it is, at once", async () => {
    const server = new S3Server({ root: await newFolder(), clock });
    await server.createBucket("raw");
    const s3 = new S3Client({ ...client, endpoint: await server.start() });
    let requests = 0;
    server.on("request", () => (requests += 1));
    const error = await rejection(s3.send(new GetObjectCommand({ Bucket: "raw", Key: "none" })));
    expect([error.name, requests]).to.deep.equal(["NoSuchKey", 1]);
    s3.destroy();
    await server.close();
  });

  it("lets Glue's client take an error as it is, at once", async () => {
    let requests = 0;
    const refuse = () => {
      throw new AwsError("EntityNotFoundException", "There is none.");
    };
    const onRequest = () => (requests += 1);
    const server = await serveJson({ "AWSGlue.GetPartition": refuse }, { clock, onRequest });
    const glue = new GlueClient({ ...client, endpoint: `http://${server.address}` });
    const asked = { DatabaseName: "lake", TableName: "plays", PartitionValues: ["2026-11"] };
    const error = await rejection(glue.send(new GetPartitionCommand(asked)));
    expect([error.name, requests]).to.deep.equal(["EntityNotFoundException", 1]);
    glue.destroy();
    await server.close();
  });
});
