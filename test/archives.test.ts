import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { LocalFunction } from "../cloud/lambda/function";
import { evaluate } from "../cloud/pulumi/evaluate";
import type { DeployedFunction } from "../cloud/types";

const secrets = {
  spotifyClientId: "client-id-0123456789",
  spotifyClientSecret: "client-secret-0123456789",
  spotifyRefreshToken: "refresh-token-0123456789",
};

/** What Lambda would get, unpacked; the end-to-end test has the functions do their real work. */
describe("the archives of the program", function () {
  this.timeout(120_000);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "archives-"));
  let functions: DeployedFunction[];

  before(async () => {
    const program = await evaluate({
      projectDir: path.join(__dirname, ".."),
      project: "spotify-data-pipeline",
      stack: "test",
      config: secrets,
      secretKeys: Object.keys(secrets),
      outDir: dir,
    });
    functions = program.functions;
  });
  after(() => fs.rmSync(dir, { recursive: true }));

  const named = (name: string) => functions.find((one) => one.name.startsWith(`${name}-`))!;
  const packagesOf = (name: string) => {
    const root = path.join(named(name).dir, "node_modules");
    const entries = fs.existsSync(root) ? fs.readdirSync(root) : [];
    return entries.flatMap((entry) =>
      entry.startsWith("@") ? fs.readdirSync(path.join(root, entry)).map((one) => `${entry}/${one}`) : entry,
    );
  };

  it("are those of extract, transform and health", () => {
    expect(functions).to.have.length(3);
    expect([named("extract"), named("transform"), named("health")]).not.to.include(undefined);
  });

  it("leave out the AWS SDK, which Lambda brings, Pulumi, and what the function does not use", () => {
    for (const name of ["extract", "transform", "health"]) {
      expect(packagesOf(name).filter((one) => /^@(aws-sdk|smithy|aws-crypto|pulumi)\//.test(one))).to.be
        .empty;
    }
    expect(packagesOf("extract")).to.include("spotify-web-api-node").and.not.to.include("hyparquet-writer");
    expect(packagesOf("transform")).to.include.members(["hyparquet-writer", "csv-stringify"]);
    expect(packagesOf("transform")).not.to.include("spotify-web-api-node");
    expect(packagesOf("health")).to.be.empty;
  });

  it("hold no secret, and no path of this machine in the code", () => {
    for (const { dir: root } of functions) {
      const own = fs.readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isFile());
      for (const { name } of own) {
        const text = fs.readFileSync(path.join(root, name), "utf8");
        for (const secret of Object.values(secrets)) expect(text, name).not.to.include(secret);
        expect(text, name).not.to.include(path.join(__dirname, ".."));
      }
    }
  });

  for (const name of ["extract", "transform", "health"]) {
    it(`${name} loads where require() of ES modules is refused, and answers`, async () => {
      const local = new LocalFunction(named(name), {
        environment: { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
      });
      try {
        const result = await local.invoke({ Records: [] });
        // Without SSM or S3 extract and health can only say so; transform has nothing to do.
        if (name === "transform") expect(result).to.deep.include({ ok: true, payload: [] });
        else
          expect(result.ok ? "no error" : result.error.errorType).not.to.match(/^(Runtime|Sandbox|no error)/);
      } finally {
        await local.stop();
      }
    });
  }
});
