import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { evaluateCached } from "../../../cloud/pulumi/cache";
import type { EvaluatedProgram, EvaluateOptions } from "../../../cloud/pulumi/evaluate";
import { hideSecrets, restoreSecrets } from "../../../cloud/pulumi/hiddenSecrets";

const secrets = {
  spotifyClientId: "client-id-0123456789",
  spotifyRefreshToken: '{"refreshToken":"token-0123456789","authorizedAt":"2026-01-01T00:00:00Z"}',
};

/** A table that the program declares, when it is live. */
const reads = { database: "lake", name: "container_reads", inputFormat: "text" };

/** What an evaluation would give for these secrets. */
function programWith(values: Record<string, string>, functions: EvaluatedProgram["functions"] = []) {
  const resource = (name: string, value: unknown, secretInputs: string[]) => ({
    urn: name,
    type: "aws:ssm/parameter:Parameter",
    name,
    inputs: { value } as Record<string, unknown>,
    outputs: { value } as Record<string, unknown>,
    secretInputs,
    parent: "",
  });
  const { database, name, inputFormat } = reads;
  const table = {
    ...resource(name, undefined, []),
    type: "aws:glue/catalogTable:CatalogTable",
    inputs: { databaseName: database, name, storageDescriptor: { inputFormat } },
    outputs: {},
  };
  return {
    resources: [
      resource("app", JSON.stringify({ clientId: values.spotifyClientId }), ["value"]),
      resource("me", values.spotifyRefreshToken, ["value"]),
      resource("nobody", '{"refreshToken":""}', ["value"]),
      resource("nested", JSON.stringify({ inner: JSON.stringify(values) }), ["value"]),
      resource("open", ["plain"], []),
      table,
    ],
    functions,
    outputs: { n: 1, list: [true, null] },
  };
}

describe("a program without its secrets", () => {
  it("has none of them, and is whole again with them, or with others", () => {
    const hidden = hideSecrets(programWith(secrets), secrets)!;
    const text = JSON.stringify(hidden);
    for (const part of ["client-id-0123456789", "token-0123456789", "2026-01-01"])
      expect(text).not.to.include(part);
    expect(restoreSecrets(hidden, secrets)).to.deep.equal(programWith(secrets));
    const others = { spotifyClientId: "another-id", spotifyRefreshToken: '{"refreshToken":"\\\\n"}' };
    expect(restoreSecrets(hidden, others)).to.deep.equal(programWith(others));
  });

  it("is refused if a secret could be left in it", () => {
    expect(hideSecrets(programWith(secrets), { spotifyClientId: "short" })).to.equal(undefined);
    const { refreshToken } = JSON.parse(secrets.spotifyRefreshToken) as { refreshToken: string };
    const inPart = { ...programWith(secrets), outputs: { token: refreshToken } };
    expect(hideSecrets(inPart, secrets)).to.equal(undefined);
    const derived = programWith(secrets);
    derived.resources[0]!.inputs = { value: "a hash of the secret" };
    expect(hideSecrets(derived, secrets)).to.equal(undefined);
  });
});

describe("evaluateCached", () => {
  let dir: string;
  let evaluations: number;
  beforeEach(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), "cache-"));
    evaluations = 0;
    fs.mkdirSync(path.join(dir, "handlers"));
    fs.writeFileSync(path.join(dir, "handlers/a.ts"), "a");
    fs.writeFileSync(path.join(dir, "package.json"), "{}");
  });
  afterEach(() => fs.rmSync(dir, { recursive: true }));

  const optionsWith = (more: Partial<EvaluateOptions> = {}): EvaluateOptions => ({
    projectDir: dir,
    project: "demo",
    stack: "test",
    config: { format: "csv", ...secrets },
    secretKeys: Object.keys(secrets),
    outDir: path.join(dir, "out"),
    ...more,
  });
  const evaluate = async ({ config, outDir }: EvaluateOptions): Promise<EvaluatedProgram> => {
    evaluations += 1;
    const name = "extract-1";
    fs.mkdirSync(path.join(outDir, name, "build"), { recursive: true });
    fs.writeFileSync(path.join(outDir, name, "build/extract.js"), `code ${config.format}`);
    const deployed = { name, arn: "arn", dir: path.join(outDir, name), handler: "h", runtime: "nodejs24.x" };
    const numbers = { memorySize: 512, timeout: 60, environment: {}, archive: { files: 1, bytes: 8 } };
    const values = Object.fromEntries(Object.entries(config).filter(([key]) => key !== "format"));
    return programWith(values, [{ ...deployed, ...numbers }]);
  };
  const cached = (more?: Partial<EvaluateOptions>) => evaluateCached(optionsWith(more), evaluate);
  const entries = () => fs.readdirSync(path.join(dir, "node_modules/.cache/spotify-data-pipeline"));

  it("evaluates once, and then gives the same program with its archives elsewhere", async () => {
    const first = await cached();
    const outDir = path.join(dir, "elsewhere");
    const second = await cached({ outDir });
    expect(evaluations).to.equal(1);
    expect(second).to.deep.equal({
      ...first,
      functions: first.functions.map((one) => ({ ...one, dir: path.join(outDir, one.name) })),
    });
    expect(fs.readFileSync(path.join(outDir, "extract-1/build/extract.js"), "utf8")).to.equal("code csv");
  });

  it("evaluates once for nothing that is live, and for the tables that the program declares", async () => {
    await cached({ liveTables: [] });
    await cached({ liveTables: [reads] });
    expect(evaluations).to.equal(1);
  });

  it("puts in the secrets of now", async () => {
    await cached();
    const others = { ...secrets, spotifyClientId: "another-client-id" };
    const program = await cached({ config: { format: "csv", ...others } });
    expect(evaluations).to.equal(1);
    expect(program.resources).to.deep.equal(programWith(others).resources);
  });

  const changes: Record<string, () => Partial<EvaluateOptions> | undefined> = {
    "a setting": () => ({ config: { format: "parquet", ...secrets } }),
    "the stack": () => ({ stack: "prod" }),
    "a live table's format": () => ({ liveTables: [{ ...reads, inputFormat: "orc" }] }),
    "a live database": () => ({ liveTables: [{ ...reads, database: "newer" }] }),
    "a secret that is no longer there": () => ({
      config: { format: "csv", ...secrets, spotifyRefreshToken: "" },
    }),
    "a secret that JSON escapes": () => ({
      config: { format: "csv", ...secrets, spotifyClientId: 'client "id" 0123456789' },
    }),
    "a source file": () => void fs.writeFileSync(path.join(dir, "handlers/a.ts"), "b"),
    "a new source file": () => void fs.writeFileSync(path.join(dir, "handlers/b.ts"), ""),
    "a dependency": () => void fs.writeFileSync(path.join(dir, "package.json"), '{"dependencies":{}}'),
  };
  for (const [what, change] of Object.entries(changes))
    it(`evaluates again after a change of ${what}`, async () => {
      await cached();
      await cached(change());
      expect(evaluations).to.equal(2);
    });

  it("evaluates again if the entry is damaged, and fixes it", async () => {
    await cached();
    const [entry] = entries();
    const file = path.join(dir, "node_modules/.cache/spotify-data-pipeline", entry!, "program.json");
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").slice(0, -1));
    await cached();
    await cached();
    expect(evaluations).to.equal(2);
  });

  it("stores nothing secret, and nothing at all of a program that cannot do without", async () => {
    await cached();
    const folder = path.join(dir, "node_modules/.cache");
    for (const file of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const text = fs.readFileSync(path.join(file.parentPath, file.name), "utf8");
      expect(text).not.to.match(/client-id-0123456789|token-0123456789/);
    }
    await cached({ config: { ...secrets, spotifyClientId: "short" } });
    expect(entries()).to.have.length(1);
  });

  it("keeps a dozen entries, and works for two at once and where nothing can be written", async () => {
    for (let n = 0; n < 14; n++) await cached({ stack: `stack-${n}` });
    expect(entries()).to.have.length(12);
    const both = await Promise.all([cached({ stack: "both" }), cached({ stack: "both" })]);
    expect(both[0]).to.deep.equal(both[1]);
    fs.rmSync(path.join(dir, "node_modules"), { recursive: true });
    fs.writeFileSync(path.join(dir, "node_modules"), "a file");
    expect((await cached()).outputs).to.deep.equal({ n: 1, list: [true, null] });
  });
});
