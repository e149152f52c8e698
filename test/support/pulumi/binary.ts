import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const root = path.join(__dirname, "../../..");
/** The Go module that the CLI is built from. */
const moduleFolder = path.join(root, "test/pulumi/cli");
const cli = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";

/** The version of the CLI that is built, `v` in front. */
export const builtVersion = /pulumi\/pkg\/v3 (v\S+)/.exec(
  fs.readFileSync(path.join(moduleFolder, "go.mod"), "utf8"),
)![1]!;

const built = path.join(root, "build", `pulumi-${builtVersion}`, "pulumi");

/** Returns the CLI's path: that of PATH, or the built one; undefined if there is neither. */
export function pulumiBinary(): string | undefined {
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter(Boolean);
  return [...folders.map((folder) => path.join(folder, "pulumi")), built].find((file) => fs.existsSync(file));
}

/**
 * Mocha calls this once, before the first test: builds the CLI if there is none. Throws what Go says if it cannot.
 * https://mochajs.org/features/global-fixtures/
 */
export function mochaGlobalSetup(): void {
  if (pulumiBinary()) return;
  if (!hasGo()) {
    console.log(
      "Skipped: no Pulumi CLI is on the PATH, and no Go 1.25.11 or newer to build one; docs/pulumi.md says how to get either.",
    );
    return;
  }
  console.log(`Go builds the Pulumi CLI ${builtVersion} into build/: about five minutes, once.`);
  const draft = `${built}.draft`;
  const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${builtVersion}`;
  // Not `go install`, which refuses a module that replaces others, as the CLI's does.
  execFileSync("go", ["build", "-ldflags", `-s -w -X ${version}`, "-o", draft, cli], {
    cwd: moduleFolder,
    env: { ...process.env, CGO_ENABLED: "0" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  fs.renameSync(draft, built);
}

/** Whether there is a Go that is new enough for the module, or that fetches one that is. */
function hasGo(): boolean {
  return spawnSync("go", ["list", "-m"], { cwd: moduleFolder, stdio: "ignore" }).status === 0;
}
