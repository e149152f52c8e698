import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import path from "node:path";
import type { Template } from "./template";

/** A mistake that cfn-lint found. */
export interface Finding {
  message: string;
  /** Where in the template, such as `Resources/DataSetskips/Properties/ImportMode`. */
  path: string;
}

/** The version that is installed if the machine has none. */
const version = "1.51.0";
const venv = path.join(__dirname, "../../../build/cfn-lint");

/**
 * Returns the command cfn-lint: the machine's own, or one that is installed into build/cfn-lint. Undefined if there is
 * no Python, or nothing can be installed.
 */
export function findCfnLint(): string | undefined {
  const installed = path.join(venv, "bin/cfn-lint");
  const known = ["cfn-lint", installed].find((command) => run(command, ["--version"]));
  if (known !== undefined) return known;
  const pip = path.join(venv, "bin/pip");
  const isInstalled =
    run("python3", ["-m", "venv", venv]) && run(pip, ["install", "-q", `cfn-lint==${version}`]);
  return isInstalled ? installed : undefined;
}

/** Returns what cfn-lint finds in each template, by the schemas of its resource types. One call: it starts slowly. */
export function cfnLint(command: string, templates: Template[], folder: string): Finding[][] {
  const files = templates.map((template, index) => {
    const file = path.join(folder, `${index}.json`);
    fs.writeFileSync(file, JSON.stringify(template));
    return file;
  });
  const flags = ["--format", "json", "--regions", "eu-west-1", "--"];
  const { stdout, stderr } = spawnSync(command, [...flags, ...files], { encoding: "utf8", maxBuffer: 1e8 });
  if (stdout === "") throw new Error(`cfn-lint failed: ${stderr}`);
  const found = JSON.parse(stdout) as Printed[];
  return files.map((file) =>
    found
      .filter(({ Filename }) => Filename === file)
      .map(({ Message, Location }) => ({ message: Message, path: Location.Path.join("/") })),
  );
}

/** A finding as cfn-lint prints it. */
interface Printed {
  Filename: string;
  Message: string;
  Location: { Path: (string | number)[] };
}

function run(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}
