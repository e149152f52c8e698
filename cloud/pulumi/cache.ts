import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { LiveTable } from "./data-sources";
import type { EvaluatedProgram, EvaluateOptions } from "./evaluate";
import { hideSecrets, restoreSecrets, secretKinds } from "./hiddenSecrets";

/** Where entries are, from the project's folder. */
const cacheFolder = "node_modules/.cache/spotify-data-pipeline";

/** Entries that are kept; the others were not used for longer. */
const mostEntries = 12;

const tableType = "aws:glue/catalogTable:CatalogTable";

/** Everything in the project's folder that an evaluation depends on. */
const sources = [
  ...["deploy.ts", "index.ts", "handlers", "infra", "schemas", "queries", "views", "cloud/pulumi"],
  ...["Pulumi.yaml", "package.json", "package-lock.json", "tsconfig.json"],
];

/**
 * Returns what {@link evaluate} returns, from the cache if the program was evaluated before with the same sources and
 * settings by the same Node, and nothing is live but what that program declares: deploying it once more changes nothing.
 * Secrets are not in the cache: entries have marks in their place.
 */
export async function evaluateCached(
  options: EvaluateOptions,
  evaluateNow = evaluateAnew,
): Promise<EvaluatedProgram> {
  const folder = path.join(options.projectDir, cacheFolder);
  const entry = path.join(folder, keyOf(options));
  const found = readEntry(entry, options);
  if (found) return found;
  const program = await evaluateNow(options);
  storeEntry(entry, program, options);
  removeOldEntries(folder);
  return program;
}

/** Loads Pulumi's side of the evaluation only if it is needed: that takes longer than reading an entry. */
function evaluateAnew(options: EvaluateOptions): Promise<EvaluatedProgram> {
  return (require("./evaluate") as typeof import("./evaluate")).evaluate(options);
}

function keyOf({
  projectDir,
  program,
  project,
  stack,
  config,
  secretKeys,
  ...rest
}: EvaluateOptions): string {
  const settings = Object.entries(config).filter(([key]) => !secretKeys.includes(key));
  const { region, accountId } = rest;
  const asked = { projectDir, program, project, stack, settings, region, accountId };
  const hash = createHash("sha256").update(
    JSON.stringify([process.version, asked, secretKinds(secretsIn({ config, secretKeys }))]),
  );
  for (const file of sources.flatMap((source) => filesUnder(path.join(projectDir, source))).sort())
    hash.update(`\n${path.relative(projectDir, file)}\n`).update(fs.readFileSync(file));
  return hash.digest("hex").slice(0, 32);
}

function secretsIn({ config, secretKeys }: Pick<EvaluateOptions, "config" | "secretKeys">) {
  return Object.fromEntries(secretKeys.map((key) => [key, config[key] ?? ""]));
}

function filesUnder(place: string): string[] {
  const found = fs.statSync(place, { throwIfNoEntry: false });
  if (!found) return [];
  if (!found.isDirectory()) return [place];
  return fs.readdirSync(place).flatMap((name) => filesUnder(path.join(place, name)));
}

/** The program of an entry, its archives copied to `outDir`; undefined if there is none that can be read. */
function readEntry(
  entry: string,
  { outDir, liveTables = [], ...options }: EvaluateOptions,
): EvaluatedProgram | undefined {
  try {
    const stored = JSON.parse(fs.readFileSync(path.join(entry, "program.json"), "utf8")) as EvaluatedProgram;
    const program = restoreSecrets(stored, secretsIn(options));
    if (!liveTables.every((table) => declares(program, table))) return undefined;
    for (const { name } of program.functions) {
      fs.rmSync(path.join(outDir, name), { recursive: true, force: true });
      fs.cpSync(path.join(entry, name), path.join(outDir, name), { recursive: true });
    }
    fs.utimesSync(entry, new Date(), new Date());
    const functions = program.functions.map((one) => ({ ...one, dir: path.join(outDir, one.name) }));
    return { ...program, functions };
  } catch {
    // There is none, or it is damaged: either way the program is evaluated.
    return undefined;
  }
}

function declares({ resources }: EvaluatedProgram, { database, name, inputFormat }: LiveTable): boolean {
  return resources.some(({ type, inputs }) => {
    const { storageDescriptor } = inputs as { storageDescriptor?: { inputFormat?: string } };
    const isSame = inputs.databaseName === database && inputs.name === name;
    return type === tableType && isSame && storageDescriptor?.inputFormat === inputFormat;
  });
}

function storeEntry(entry: string, program: EvaluatedProgram, options: EvaluateOptions): void {
  const hidden = hideSecrets(program, secretsIn(options));
  if (!hidden) return;
  const draft = `${entry}.${process.pid}`;
  try {
    fs.mkdirSync(draft, { recursive: true });
    for (const { name, dir } of program.functions)
      fs.cpSync(dir, path.join(draft, name), { recursive: true });
    fs.writeFileSync(path.join(draft, "program.json"), JSON.stringify(hidden));
    fs.rmSync(entry, { recursive: true, force: true });
    fs.renameSync(draft, entry);
  } catch {
    // A full disk, a folder that cannot be written, or another process that stored the same: it works without.
    removeIfThere(draft);
  }
}

function removeIfThere(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true });
  } catch {
    // Then it stays, as an old entry that is removed some day.
  }
}

function removeOldEntries(folder: string): void {
  try {
    const entries = fs
      .readdirSync(folder)
      .map((name) => path.join(folder, name))
      .map((entry) => ({ entry, usedAt: fs.statSync(entry).mtimeMs }))
      .sort((left, right) => right.usedAt - left.usedAt);
    for (const { entry } of entries.slice(mostEntries)) fs.rmSync(entry, { recursive: true, force: true });
  } catch {
    // Another process is doing the same.
  }
}
