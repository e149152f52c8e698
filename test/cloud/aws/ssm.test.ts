import { GetParameterCommand, GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { serveJson } from "../../../cloud/aws/json";
import { parametersOf, ssmOperations } from "../../../cloud/aws/ssm";
import type { LocalServer } from "../../../cloud/http";
import { resource } from "../../support/resources";
import { client } from "../../support/awsClients";

const arn = "arn:aws:ssm:eu-west-1:000000000000:parameter/app";

describe("SSM", () => {
  let server: LocalServer;
  let ssm: SSMClient;

  before(async () => {
    const parameters = parametersOf([
      resource("aws:ssm/parameter:Parameter", "app", {
        name: "/app",
        type: "SecureString",
        value: "s3cret",
        arn,
      }),
      resource("aws:ssm/parameter:Parameter", "plain", { name: "/plain", type: "String", value: "open" }),
      resource("aws:s3/bucket:Bucket", "other", { name: "/other", value: "no parameter" }),
    ]);
    server = await serveJson(ssmOperations(parameters));
    ssm = client(SSMClient, server);
  });
  after(() => server.close());

  const get = async (Name: string, WithDecryption?: boolean) =>
    (await ssm.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter!;

  it("gives a parameter by name or ARN", async () => {
    expect(await get("/plain")).to.include({ Name: "/plain", Type: "String", Value: "open", Version: 1 });
    expect(await get(arn, true)).to.include({ Name: "/app", Value: "s3cret", ARN: arn });
  });

  it("gives a secret in plain text only to those who ask for that", async () => {
    expect((await get("/app", true)).Value).to.equal("s3cret");
    for (const asked of [false, undefined]) {
      const { Value, Type } = await get("/app", asked);
      expect(Type).to.equal("SecureString");
      expect(Value).to.have.length.greaterThan(0);
      expect(Value).not.to.include("s3cret");
    }
  });

  it("gives several, and the names that it does not know", async () => {
    const Names = ["/plain", "/other", "/app", "/plain"];
    const answer = await ssm.send(new GetParametersCommand({ Names, WithDecryption: true }));
    expect(answer.Parameters!.map(({ Name, Value }) => [Name, Value])).to.eql([
      ["/plain", "open"],
      ["/app", "s3cret"],
    ]);
    expect(answer.InvalidParameters).to.eql(["/other"]);
  });

  it("says ParameterNotFound for an unknown name", async () => {
    const error = await get("/other").catch((reason: Error) => reason);
    expect(error).to.include({ name: "ParameterNotFound", message: "There is no parameter /other." });
  });

  it("refuses more than ten names, as AWS does", async () => {
    const Names = Array.from({ length: 11 }, (_, index) => `/${index}`);
    const error = await ssm.send(new GetParametersCommand({ Names })).catch((reason: Error) => reason);
    expect(error).to.have.property("name", "ValidationException");
  });
});
