import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { root } from "../../support/commandLine";

/** A call of the fake Pulumi CLI. */
export interface Call {
  args: string[];
  input: string;
}

/** One configuration value, as `pulumi config --json` shows it; the fake keeps secret values beside the others. */
export interface Entry {
  value?: string;
  objectValue?: unknown;
  secret: boolean;
}

const project = "spotify-data-pipeline";

/** What the project declares of a setting; without a default it has to be there. */
interface Declared {
  default?: unknown;
}

const pulumiYaml = path.join(root, "Pulumi.yaml");

/** Every setting that the project declares, as `pulumi config --json` shows its default; without one, nothing. */
function declaredSettings(): Record<string, Entry | null> {
  const { config } = parse(fs.readFileSync(pulumiYaml, "utf8")) as { config: Record<string, Declared> };
  const shown = ({ default: value }: Declared): Entry | null => {
    if (value === undefined) return null;
    if (typeof value !== "object") return { value: String(value), secret: false };
    return { value: JSON.stringify(value), objectValue: value, secret: false };
  };
  return Object.fromEntries(
    Object.entries(config).map(([key, declared]) => [`${project}:${key}`, shown(declared)]),
  );
}

/**
 * Records each call; knows the stack dev; answers, and changes, what stands in config.json. As the CLI does, it adds the
 * project's defaults, and refuses to show anything while a setting without a default is missing.
 */
const program = `#!/usr/bin/env node
const fs = require("node:fs");
const home = __dirname;
const args = process.argv.slice(2);
if (args[0] === "version") process.exit(0);
const input = fs.readFileSync(0, "utf8");
fs.appendFileSync(home + "/calls.jsonl", JSON.stringify({ args, input }) + "\\n");
const fail = (text) => { process.stderr.write("warning: A new version is out.\\nerror: " + text + "\\n"); process.exit(255); };
const stack = args[args.indexOf("--stack") + 1];
if (stack !== "dev") fail("no stack named '" + stack + "' found");
const config = JSON.parse(fs.readFileSync(home + "/config.json", "utf8"));
const named = (key) => "${project}:" + key;
const declared = JSON.parse(fs.readFileSync(home + "/declared.json", "utf8"));
const missing = Object.keys(declared).filter((key) => !declared[key] && !config[key]).map((key) => "'" + key.split(":")[1] + "'");
if (args[1] !== "set" && missing.length > 0)
  fail("Stack 'dev' is missing configuration value" + (missing.length > 1 ? "s " : " ") + missing.join(" and "));
for (const key of Object.keys(declared)) if (args[1] !== "set") config[key] ??= declared[key];
if (args[1] === "get") {
  const entry = config[named(args[2])];
  if (!entry) fail("configuration key '" + args[2] + "' not found for stack 'dev'");
  console.log(entry.value);
} else if (args[1] === "set") {
  if (fs.existsSync(home + "/readonly")) fail("cannot encrypt " + input + ": no passphrase");
  const key = args.find((arg) => arg.startsWith("spotify"));
  config[named(key)] = { value: input, secret: args.includes("--secret") };
  fs.writeFileSync(home + "/config.json", JSON.stringify(config));
} else {
  const shown = ([key, { secret, ...value }]) => [key, secret ? { secret } : { ...value, secret }];
  console.log(JSON.stringify(Object.fromEntries(Object.entries(config).map(shown)), null, 2));
}
`;

/** A folder that holds a Pulumi program and, in bin/, a Pulumi CLI that knows its stack dev. */
export class FakePulumi {
  private readonly bin: string;
  /** An environment whose PATH has the fake first. */
  readonly env: NodeJS.ProcessEnv;

  constructor(dir: string, config: Record<string, Entry> = {}) {
    this.bin = path.join(dir, "bin");
    this.env = { PATH: `${this.bin}${path.delimiter}${process.env.PATH}` };
    fs.mkdirSync(this.bin);
    fs.writeFileSync(path.join(this.bin, "pulumi"), program, { mode: 0o755 });
    fs.copyFileSync(pulumiYaml, path.join(dir, "Pulumi.yaml"));
    fs.writeFileSync(this.file("declared.json"), JSON.stringify(declaredSettings()));
    const entries = Object.entries(config).map(([key, entry]) => [`${project}:${key}`, entry]);
    const other = { "aws:region": { value: "eu-west-1", secret: false } };
    fs.writeFileSync(this.file("config.json"), JSON.stringify({ ...other, ...Object.fromEntries(entries) }));
  }

  /** From now on nothing can be set. */
  lock(): void {
    fs.writeFileSync(this.file("readonly"), "");
  }

  get calls(): Call[] {
    if (!fs.existsSync(this.file("calls.jsonl"))) return [];
    const lines = fs.readFileSync(this.file("calls.jsonl"), "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as Call);
  }

  /** The configuration value of a key of the project. */
  entry(key: string): Entry | undefined {
    const config = JSON.parse(fs.readFileSync(this.file("config.json"), "utf8")) as Record<string, Entry>;
    return config[`${project}:${key}`];
  }

  private file(name: string): string {
    return path.join(this.bin, name);
  }
}
