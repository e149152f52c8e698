import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { BuildFailure } from "esbuild";

const root = path.join(__dirname, "..");
const functions = ["extract", "transform", "health"] as const;

/** A function whose code is in `handlers/<name>/main.ts`. */
export type BundledFunction = (typeof functions)[number];

/** Folder of the bundles, from the project's root; `require("./build/<name>.js")` loads one in the archive. */
const buildFolder = "build";

let bundled = false;

/**
 * Bundles the handlers and returns what the archive of one function holds beside its callback: one CommonJS module with
 * all it needs but `@aws-sdk/*`, which Lambda has, and a source map. Equal sources give equal bytes.
 * @throws `pulumi.RunError` if esbuild is missing or cannot bundle a handler
 */
export function bundle(name: BundledFunction): pulumi.runtime.CodePathOptions {
  if (!bundled) writeBundles();
  bundled = true;
  const file = path.posix.join(buildFolder, `${name}.js`);
  return { extraIncludePaths: [file, `${file}.map`], extraExcludePackages: ownDependencies() };
}

/** Without this, Pulumi copies every dependency of package.json into each archive. */
function ownDependencies(): string[] {
  const text = fs.readFileSync(path.join(root, "package.json"), "utf8");
  return Object.keys((JSON.parse(text) as { dependencies: object }).dependencies);
}

function writeBundles(): void {
  const { outputFiles } = build();
  fs.mkdirSync(path.join(root, buildFolder), { recursive: true });
  for (const { path: file, contents } of outputFiles) {
    // Other evaluations may read the file at this moment.
    const draft = `${file}.${process.pid}`;
    fs.writeFileSync(draft, contents);
    fs.renameSync(draft, file);
  }
}

function build() {
  try {
    return esbuild().buildSync({
      absWorkingDir: root,
      entryPoints: Object.fromEntries(functions.map((name) => [name, `handlers/${name}/main.ts`])),
      outdir: buildFolder,
      write: false,
      bundle: true,
      platform: "node",
      format: "cjs",
      target: "node20",
      // Less to load. Names stay as they are, and source maps lead from a stack trace to the sources.
      minifyWhitespace: true,
      minifySyntax: true,
      external: ["@aws-sdk/*"],
      alias: { superagent: "./handlers/extract/spotify/superagent.ts" },
      sourcemap: "linked",
      sourcesContent: false,
      logLevel: "silent",
    });
  } catch (error) {
    const [first] = (error as BuildFailure).errors ?? [];
    if (!first) throw error;
    const place = first.location ? `${first.location.file}:${first.location.line}: ` : "";
    throw new pulumi.RunError(`The handlers cannot be bundled: ${place}${first.text}`);
  }
}

function esbuild(): typeof import("esbuild") {
  try {
    return require("esbuild") as typeof import("esbuild");
  } catch (error) {
    throw new pulumi.RunError(`esbuild is missing (${(error as Error).message.split("\n")[0]}); run npm ci.`);
  }
}
