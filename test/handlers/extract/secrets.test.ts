import * as sdk from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { ssmSecrets } from "../../../handlers/extract/secrets";
import { failureOf } from "../../support/extractWorld";

const app = JSON.stringify({ clientId: "client", clientSecret: "hush" });

/** An SSM that holds `values`, and the names of each call. */
function fakeSsm(values: Record<string, string>) {
  const asked: string[][] = [];
  const send = async ({ input }: sdk.GetParametersCommand) => {
    asked.push(input.Names!);
    expect(input.WithDecryption).to.equal(true);
    const found = input.Names!.filter((name) => name in values);
    return { Parameters: found.map((Name) => ({ Name, Value: values[Name] })) };
  };
  return { client: { send } as unknown as sdk.SSMClient, asked };
}

const read = (values: Record<string, string>, listeners: string[]) =>
  ssmSecrets(fakeSsm(values).client, "/p/dev/spotify", listeners);

describe("ssmSecrets", () => {
  it("reads the app and the listeners, ten parameters at a time", async () => {
    const listeners = Array.from({ length: 12 }, (_, index) => `l${index}`);
    const values = { "/p/dev/spotify/app": app, "/p/dev/spotify/listeners/l11": '{"refreshToken":"r11"}' };
    const { client, asked } = fakeSsm(values);
    const secrets = await ssmSecrets(client, "/p/dev/spotify", listeners);
    expect(secrets.app).to.deep.equal({ clientId: "client", clientSecret: "hush" });
    expect(secrets.signIns.l11).to.deep.equal({ refreshToken: "r11", authorizedAt: null });
    expect(secrets.signIns.l0).to.equal(undefined);
    expect(asked.map((names) => names.length)).to.deep.equal([10, 3]);
  });

  it("takes an empty token for no sign-in", async () => {
    const values = { "/p/dev/spotify/app": app, "/p/dev/spotify/listeners/me": '{"refreshToken":""}' };
    expect((await read(values, ["me"])).signIns.me).to.equal(undefined);
  });

  it("keeps when the listener agreed, and refuses what is no time", async () => {
    const stored = (authorizedAt: unknown) => ({
      "/p/dev/spotify/app": app,
      "/p/dev/spotify/listeners/me": JSON.stringify({ refreshToken: "r", authorizedAt }),
    });
    const { signIns } = await read(stored("2026-05-01T10:00:00.000Z"), ["me"]);
    expect(signIns.me).to.deep.equal({ refreshToken: "r", authorizedAt: "2026-05-01T10:00:00.000Z" });
    for (const odd of ["soon", 7])
      expect((await failureOf(read(stored(odd), ["me"]))).code).to.equal("secret_malformed");
  });

  it("names the parameter that is missing", async () => {
    const error = await failureOf(read({}, ["me"]));
    expect(error.code).to.equal("secret_missing");
    expect(error.message).to.contain("/p/dev/spotify/app");
  });

  for (const value of [
    "hush-not-json",
    '"hush"',
    '{"clientId":"hush"}',
    '{"clientId":1,"clientSecret":"hush"}',
  ])
    it(`never shows a malformed value: ${value}`, async () => {
      const error = await failureOf(read({ "/p/dev/spotify/app": value }, []));
      expect(error.code).to.equal("secret_malformed");
      expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.to.contain("hush");
    });

  it("refuses a refresh token that is no text", async () => {
    const values = { "/p/dev/spotify/app": app, "/p/dev/spotify/listeners/me": '{"refreshToken":7}' };
    expect((await failureOf(read(values, ["me"]))).code).to.equal("secret_malformed");
  });
});
