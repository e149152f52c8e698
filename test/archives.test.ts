import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { serveJson } from "../cloud/aws/json";
import { LocalFunction } from "../cloud/lambda/function";
import { evaluateCached } from "../cloud/pulumi/cache";
import { evaluate, type EvaluatedProgram } from "../cloud/pulumi/evaluate";

const secrets = {
  spotifyClientId: "client-id-0123456789",
  spotifyClientSecret: "client-secret-0123456789",
  "spotifyRefreshToken-me": "refresh-token-0123456789",
};

/** Versions that Lambda offers. Those that do not run this test are there after `npm run nodes`. */
const nodes = ["20", "22", "24"].map((version) => {
  const own = process.version.startsWith(`v${version}.`);
  const installed = path.join(__dirname, `../build/nodes/node_modules/node${version}/bin/node`);
  return [version, own ? process.execPath : installed] as const;
});

/** What Lambda would get, unpacked; the end-to-end test has the functions do their real work. */
describe("the archives of the program", function () {
  this.timeout(120_000);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "archives-"));
  const options = {
    projectDir: path.join(__dirname, ".."),
    project: "spotify-data-pipeline",
    stack: "test",
    config: secrets,
    secretKeys: Object.keys(secrets),
    outDir: path.join(dir, "evaluated"),
  };
  let program: EvaluatedProgram;
  let functions: EvaluatedProgram["functions"];

  before(async () => {
    program = await evaluate(options);
    functions = program.functions;
  });
  after(() => fs.rmSync(dir, { recursive: true }));

  const named = (name: string) => functions.find((one) => one.name.startsWith(`${name}-`))!;
  it("are those of extract, transform and health", () => {
    expect(functions).to.have.length(3);
    expect([named("extract"), named("transform"), named("health")]).not.to.include(undefined);
  });

  it("hold the printed callback, one bundle with its source map, and no package", () => {
    for (const name of ["extract", "transform", "health"]) {
      const files = fs.readdirSync(named(name).dir, { recursive: true, withFileTypes: true });
      const paths = files
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(named(name).dir, path.join(entry.parentPath, entry.name)));
      expect(paths).to.have.members([
        "__index.js",
        `build/${name}.js`,
        `build/${name}.js.map`,
        "package.json",
      ]);
    }
  });

  it("hold what the function uses, and nothing of the AWS SDK, Pulumi and the other functions", () => {
    /** Sources, from the project's folder, as the source map names them. */
    const sourcesOf = (name: string) => {
      const map = fs.readFileSync(path.join(named(name).dir, `build/${name}.js.map`), "utf8");
      return (JSON.parse(map) as { sources: string[] }).sources.map((source) =>
        source.replace(/^\.\.\//, ""),
      );
    };
    const partsOf = (name: string, pattern: RegExp) =>
      new Set(sourcesOf(name).flatMap((source) => pattern.exec(source)?.[1] ?? []));
    const packages = (name: string) => partsOf(name, /^node_modules\/((?:@[^/]+\/)?[^/]+)/);
    expect(packages("extract")).to.deep.equal(new Set(["spotify-web-api-node"]));
    expect(packages("transform")).to.include.keys("csv-stringify", "hyparquet-writer");
    expect(packages("health")).to.be.empty;
    for (const name of ["extract", "transform", "health"]) {
      expect([...packages(name)].filter((one) => /^@(aws-sdk|smithy|pulumi)\//.test(one!))).to.be.empty;
      expect(partsOf(name, /^handlers\/(extract|transform|health)\//)).to.deep.equal(new Set([name]));
    }
  });

  it("are the same from the cache, and so is all that the program registers", async () => {
    const outDir = path.join(dir, "cached");
    // The first one may be evaluated, the second one is not.
    for (let time = 0; time < 2; time++) {
      const cached = await evaluateCached({ ...options, outDir });
      const moved = functions.map((one) => ({ ...one, dir: path.join(outDir, one.name) }));
      // Two evaluations register resources in different orders.
      const inOrder = (one: EvaluatedProgram) => ({
        outputs: one.outputs,
        resources: [...one.resources].sort((left, right) => left.urn.localeCompare(right.urn)),
        functions: [...one.functions].sort((left, right) => left.name.localeCompare(right.name)),
      });
      expect(inOrder(cached)).to.deep.equal(inOrder({ ...program, functions: moved }));
      for (const { name, dir: own } of functions)
        for (const file of ["__index.js", "package.json"])
          expect(fs.readFileSync(path.join(outDir, name, file), "utf8")).to.equal(
            fs.readFileSync(path.join(own, file), "utf8"),
          );
    }
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

  for (const [version, node] of nodes) {
    for (const name of ["extract", "transform", "health"]) {
      it(`${name} loads on Node ${version}, where require() of ES modules is refused, and answers`, async function () {
        if (!fs.existsSync(node)) this.skip();
        const local = new LocalFunction(named(name), {
          environment: { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
          node,
        });
        try {
          const result = await local.invoke({ Records: [] });
          // Without SSM or S3 extract and health can only say so; transform has nothing to do.
          if (name === "transform") expect(result).to.deep.include({ ok: true, payload: [] });
          else
            expect(result.ok ? "no error" : result.error.errorType).not.to.match(
              /^(Runtime|Sandbox|no error)/,
            );
        } finally {
          await local.stop();
        }
      });
    }
  }

  for (const [version, node] of nodes)
    it(`name source files and lines in stack traces on Node ${version}`, async function () {
      if (!fs.existsSync(node)) this.skip();
      const ssm = await serveJson({ "AmazonSSM.GetParameters": () => ({ Parameters: [] }) });
      const environment = { AWS_ENDPOINT_URL_SSM: `http://${ssm.address}` };
      const local = new LocalFunction(named("extract"), { environment, node });
      try {
        const result = await local.invoke({});
        const { errorType, trace } = result.ok ? expect.fail("no error") : result.error;
        expect(errorType).to.equal("secret_missing");
        expect(trace!.join("\n")).to.match(/handlers\/extract\/secrets\.ts:\d+:\d+/);
      } finally {
        await local.stop();
        await ssm.close();
      }
    });
});
