import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { readFolder, writeFolder } from "../../cloud/localState";
import { Lake } from "../../cloud/lake/lake";
import type * as cli from "../../cli/main";
import type * as program from "../../cli/lib/program";
import type { SealResult } from "../../handlers/transform/seal";
import { sealAfterDays } from "../../handlers/transform/sealedMonths";
import { dayMs } from "../../simulator/times";
import type * as scripts from "../../scripts/docs";
import { captured, root, type Outcome } from "../support/commandLine";

const copied = [
  "cli",
  "cloud",
  "handlers",
  "infra",
  "queries",
  "schemas",
  "scripts",
  "simulator",
  "test",
  "views",
  "docs",
];
const files = [
  "deploy.ts",
  "index.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "Pulumi.yaml",
  ".prettierrc.json",
  "outputs.ts",
];
const old = "spotify_data_pipeline_local";

const [before, after] = ["csv", "parquet"];

/** The whole procedure in a copy of the project, by the commands that a person runs. */
describe("a new generation of the lake", function () {
  this.timeout(1_200_000);
  it("for another type and another format is filled by replay beside the old one, which goes when its file does", async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "generations-"));
    try {
      for (const name of [...copied, ...files])
        fs.cpSync(path.join(root, name), path.join(dir, name), { recursive: true });
      fs.symlinkSync(path.join(root, "node_modules"), path.join(dir, "node_modules"));
      const done = (...args: string[]) => ran(dir, args);
      const here = ["--out", path.join(dir, "lake")];
      const rules = JSON.stringify({ range: { severity: "warn" } });
      const settings = ["sources=profile,saved_tracks", "playsSchedule=never", `qualityRules=${rules}`];
      const set = settings.flatMap((setting) => ["--set", setting]);
      await done("start", ...here, "--days", "1", "--format", before, "--quiet", ...set);
      const whole = await sums(dir, "current_saved_tracks", "profiles");
      expect(whole[0]).to.be.above(0);

      const otherFormat = await attempt(dir, ["replay", ...here, "--format", after]);
      expect([otherFormat.code, otherFormat.stderr.split(": set")[0]]).to.deep.equal([
        1,
        `The lake in database ${old} holds ${before} tables, but the setting tableFormat is ${after}`,
      ]);
      edit(dir, "schemas/saved_tracks.ts", /(required\("list_position", )"int"/, '$1"bigint"');
      const otherType = await attempt(dir, ["docs", "--schemas"]);
      expect([otherType.code, otherType.stderr]).to.deep.equal([
        1,
        "Column list_position of table saved_tracks was int and is now bigint: keep its type, or raise generation in schemas/index.ts and run npm run docs.\n",
      ]);

      edit(dir, "schemas/index.ts", "generation = 1;", "generation = 2;");
      await ran(dir, ["docs", "--schemas"]);
      const part = await done("replay", ...here, "--format", after, "--stream", "profile", "--json");
      expect(JSON.parse(part)).to.include({ built: 1, left: 0 });
      expect(await sums(dir, `${old}.current_saved_tracks`, `${old}.profiles`)).to.deep.equal(whole);
      expect(await sums(dir, "current_saved_tracks", "profiles")).to.deep.equal([0, whole[1]]);

      expect(JSON.parse(await done("replay", ...here, "--json"))).to.deep.include({
        failed: [],
        left: 0,
      });
      await expectEqualGenerations(dir);
      expect(await sums(dir, "current_saved_tracks", "profiles")).to.deep.equal(whole);

      fs.rmSync(path.join(dir, "schemas/earlier/g1.json"));
      expect(JSON.parse(await done("replay", ...here, "--json"))).to.include({ built: 0 });
      expect(readFolder(path.join(dir, "lake"))!.manifest.earlier).to.deep.equal([]);
      expect(await sums(dir, "current_saved_tracks", "profiles")).to.deep.equal(whole);
      expect(await sealed(dir, done, here)).to.have.length(1);
      expect(await sums(dir, "current_saved_tracks", "profiles")).to.deep.equal(whole);
      // The rules of the first command are those of all that follow.
      expect(JSON.parse(await done("verify", ...here, "--json"))).to.deep.include({ problems: [] });
    } finally {
      forgetModules(dir);
      fs.rmSync(dir, { recursive: true });
    }
  });
});

/** Moves the lake's clock to where its only month is due and seals it. Returns the months. */
async function sealed(
  dir: string,
  done: (...args: string[]) => Promise<string>,
  here: string[],
): Promise<string[]> {
  const out = path.join(dir, "lake");
  const folder = readFolder(out)!;
  const start = new Date(folder.start);
  const now = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1) + sealAfterDays * dayMs;
  writeFolder(out, { ...folder, now });
  return (JSON.parse(await done("seal", ...here, "--json")) as SealResult).sealed;
}

function edit(dir: string, file: string, from: string | RegExp, to: string): void {
  const target = path.join(dir, file);
  const text = fs.readFileSync(target, "utf8");
  const edited = text.replace(from, to);
  expect(edited, `${file} has no ${String(from)}`).not.to.equal(text);
  fs.writeFileSync(target, edited);
  forgetModules(dir);
}

/** Runs a command, or `docs`, of the copy in this process. */
function attempt(dir: string, [command = "", ...args]: string[]): Promise<Outcome> {
  const load = <T>(file: string) => require(path.join(dir, file)) as T;
  return captured(
    (around) => {
      const here = { ...around, dir };
      if (command !== "docs") return load<typeof cli>("cli/main.ts").runCommand([command, ...args], here);
      const { runProgram, script } = load<typeof program>("cli/lib/program.ts");
      return runProgram(args, here, script(load<typeof scripts>("scripts/docs.ts").docs));
    },
    { PATH: process.env.PATH, HOME: os.homedir() },
  );
}

/** Has the copy's modules loaded again. */
function forgetModules(dir: string): void {
  for (const file of Object.keys(require.cache)) if (file.startsWith(dir)) delete require.cache[file];
}

async function ran(dir: string, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await attempt(dir, args);
  expect(code, stderr).to.equal(0);
  return stdout;
}

async function inLake<T>(dir: string, use: (lake: Lake) => Promise<T>): Promise<T> {
  const out = path.join(dir, "lake");
  const lake = await Lake.open(readFolder(out)!.manifest, out);
  try {
    return await use(lake);
  } finally {
    lake.close();
  }
}

/** How many rows each of them has. */
function sums(dir: string, ...names: string[]): Promise<number[]> {
  return inLake(dir, async (lake) => {
    const counts: number[] = [];
    for (const name of names)
      counts.push(Number((await lake.query(`select count(*) as n from ${name}`)).rows[0]!.n));
    return counts;
  });
}

/** Every row of every table stands in both generations, as text. */
async function expectEqualGenerations(dir: string): Promise<void> {
  const { tables } = readFolder(path.join(dir, "lake"))!.manifest;
  await inLake(dir, async (lake) => {
    for (const { name, columns } of tables) {
      const cells = columns.map((column) => `cast(${column.name} as varchar)`).join(", ");
      const [was, is] = [`${old}.${name}`, name].map((table) => `select ${cells} from ${table}`);
      const differing = `(${was} except all ${is}) union all (${is} except all ${was})`;
      expect((await lake.query(differing)).rows, name).to.deep.equal([]);
    }
  });
}
