import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { buildSync } from "esbuild";
import { register, root } from "../support/commandLine";

/** A project of its own, with the real bundle.ts and three functions of one line. */
function makeProject(handler: string, packages: string[]): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "bundle-"));
  fs.mkdirSync(path.join(dir, "infra"));
  fs.copyFileSync(path.join(root, "infra/bundle.ts"), path.join(dir, "infra/bundle.ts"));
  fs.writeFileSync(
    path.join(dir, "package.json"),
    JSON.stringify({ dependencies: { esbuild: "1", x: "1" } }),
  );
  fs.mkdirSync(path.join(dir, "node_modules"));
  for (const name of packages)
    fs.symlinkSync(path.join(root, "node_modules", name), path.join(dir, "node_modules", name));
  for (const name of ["extract", "transform", "health"]) {
    fs.mkdirSync(path.join(dir, "handlers", name), { recursive: true });
    fs.writeFileSync(path.join(dir, "handlers", name, "main.ts"), handler);
  }
  return dir;
}

/** What `bundle("health")` returns or throws there, in a process of its own. */
function bundleIn(dir: string): { options?: unknown; error?: string; isRunError?: boolean } {
  const script = `const { RunError } = require("@pulumi/pulumi");
    try {
      console.log(JSON.stringify({ options: require("./infra/bundle").bundle("health") }));
    } catch (error) {
      console.log(JSON.stringify({ error: error.message, isRunError: error instanceof RunError }));
    }`;
  const stdout = execFileSync(process.execPath, [...register, "-e", script], { cwd: dir, encoding: "utf8" });
  return JSON.parse(stdout) as ReturnType<typeof bundleIn>;
}

describe("bundle", function () {
  this.timeout(60_000);
  const made: string[] = [];
  after(() => made.forEach((dir) => fs.rmSync(dir, { recursive: true })));
  const project = (handler: string, packages: string[]) => {
    made.push(makeProject(handler, packages));
    return made.at(-1)!;
  };

  it("makes one module per function, the same bytes each time, and leaves all packages out of the archive", () => {
    const dir = project(
      'import { S3Client } from "@aws-sdk/client-s3"; export const handler = (): string => S3Client.name;',
      ["@pulumi", "esbuild"],
    );
    const first = bundleIn(dir);
    expect(first.options).to.deep.equal({
      extraIncludePaths: ["build/health.js", "build/health.js.map"],
      extraExcludePackages: ["esbuild", "x"],
    });
    const read = () =>
      fs
        .readdirSync(path.join(dir, "build"))
        .sort()
        .map((file) => [file, fs.readFileSync(path.join(dir, "build", file), "utf8")] as const);
    const files = read();
    expect(files.map(([file]) => file)).to.deep.equal([
      ...["extract.js", "extract.js.map", "health.js", "health.js.map"],
      ...["transform.js", "transform.js.map"],
    ]);
    expect(files[2]![1]).to.include('require("@aws-sdk/client-s3")').and.not.to.include(dir);
    bundleIn(dir);
    expect(read()).to.deep.equal(files);
  });

  it("says in a sentence where a handler cannot be bundled", () => {
    const dir = project('import { missing } from "./nowhere";\nexport const handler = missing;', [
      "@pulumi",
      "esbuild",
    ]);
    expect(bundleIn(dir)).to.deep.equal({
      error: 'The handlers cannot be bundled: handlers/extract/main.ts:1: Could not resolve "./nowhere"',
      isRunError: true,
    });
  });

  it("says what to do if esbuild is missing", () => {
    const { error, isRunError } = bundleIn(project("export const handler = 1;", ["@pulumi"]));
    expect(error).to.match(/^esbuild is missing \(Cannot find module 'esbuild'\); run npm ci\.$/);
    expect(isRunError).to.equal(true);
  });
});

describe("package.json", () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };

  it("has as dependencies what pulumi up needs, and nothing else", () => {
    const { metafile } = buildSync({
      absWorkingDir: root,
      entryPoints: [
        "index.ts",
        ...["extract", "transform", "health"].map((name) => `handlers/${name}/main.ts`),
      ],
      bundle: true,
      platform: "node",
      packages: "external",
      outdir: "out",
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    const imported = Object.values(metafile.inputs)
      .flatMap(({ imports }) => imports)
      .filter(({ external, path: name }) => external && !name.startsWith("node:") && !name.startsWith("./"))
      .map(({ path: name }) => /^(@[^/]+\/)?[^/]+/.exec(name)![0]);
    // Pulumi loads TypeScript to compile the program and to read its callbacks.
    const needed = new Set([...imported, "typescript"]);
    expect(Object.keys(manifest.dependencies)).to.have.members([...needed]);
  });
});
