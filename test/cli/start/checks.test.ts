import * as fs from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { readFolder, writeFolder, type FolderState } from "../../../cloud/localState";
import { sourceManifest } from "../../../cloud/memory/sourceManifest";
import { run } from "../../support/commandLine";

const manifest = sourceManifest();
const account = { SPOTIFY_CLIENT_ID: "nobodys-client-id", SPOTIFY_CLIENT_SECRET: "nobodys-client-secret" };

describe("npm start on a folder that is in use", function () {
  this.timeout(120_000);
  let dir: string;
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "start-"))));
  afterEach(() => fs.rmSync(dir, { recursive: true }));

  /** Makes the folder hold these streams of `me`. */
  const fill = (source: FolderState["source"], ...streams: string[]) => {
    const start = Date.parse("2026-03-01T00:00:00Z");
    const now = Date.parse("2026-03-04T00:00:00Z");
    writeFolder(dir, { version: 2, source, seed: 1, start, now, manifest });
    for (const stream of streams) {
      const folder = path.join(dir, "s3", "raw-1", "raw", "me", stream);
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(path.join(folder, "r.jsonl.gz"), "");
    }
  };
  const start = (args: string[], env = {}, more = {}) => run("start", ["--out", dir, ...args], env, more);

  const precious: [string, () => void, string][] = [
    ["an account's data", () => fill("spotify", "profile"), "a real account's data"],
    ["an import", () => fill("spotify", "streaming_history"), "imported history"],
    [
      "an import among simulated data",
      () => fill("simulated", "profile", "streaming_history"),
      "imported history",
    ],
    [
      "both",
      () => fill("spotify", "profile", "streaming_history"),
      "a real account's data and imported history",
    ],
    [
      "data beside a broken cloud.json",
      () => {
        fill("simulated", "profile");
        fs.writeFileSync(path.join(dir, "cloud.json"), "{");
      },
      "data of an unknown source",
    ],
  ];
  for (const [what, make, words] of precious)
    it(`asks before --fresh deletes ${what}`, async () => {
      make();
      const warning = `${dir} holds ${words}, which --fresh deletes.`;
      const unasked = await start(["--fresh"]);
      expect([unasked.code, unasked.stderr]).to.deep.equal([
        1,
        `${warning} Without a terminal nobody can be asked; add --yes to delete it, or choose another folder with --out.\n`,
      ]);
      const questions: string[] = [];
      const ask = (question: string) => Promise.resolve(questions.push(question) > 0 ? "no" : "");
      expect((await start(["--fresh"], {}, { ask })).stderr).to.equal("Nothing was changed.\n");
      expect(questions).to.deep.equal([`${warning} Type yes to delete it`]);
      expect(fs.readdirSync(path.join(dir, "s3"))).to.have.length(1);
      // Something else in the folder ends the command after the question.
      fs.writeFileSync(path.join(dir, "thesis.txt"), "mine");
      for (const [args, more] of [
        [["--fresh", "--yes"], {}],
        [["--fresh"], { ask: () => Promise.resolve("yes") }],
      ] as const)
        expect((await start([...args], {}, more)).stderr).to.include("holds thesis.txt, which is not ours");
    });

  it("does not ask before --fresh deletes simulated data", async () => {
    fill("simulated", "profile");
    fs.writeFileSync(path.join(dir, "thesis.txt"), "mine");
    expect((await start(["--fresh"])).stderr).to.include("holds thesis.txt, which is not ours");
  });

  it("starts over with --fresh, as if the folder were new", async () => {
    fill("simulated", "profile");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const nowhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    // Nothing listens there any more: unlike port 1, which fetch never tries, this is a network that refuses.
    await new Promise((resolve) => server.close(resolve));
    const env = { ...account, SPOTIFY_REFRESH_TOKEN: "nobodys-token" };
    const addresses = { SPOTIFY_API_URL: nowhere, SPOTIFY_ACCOUNTS_URL: nowhere };
    const args = ["--fresh", "--quiet", "--set", "sources=profile"];
    const { code, stderr } = await start(args, { ...env, ...addresses });
    expect(code).to.equal(1);
    expect(stderr).to.include("is the network there?");
    expect(fs.existsSync(path.join(dir, "s3", "raw-1"))).to.equal(false);
    const { source, settings } = readFolder(dir)!;
    expect([source, settings]).to.deep.equal(["spotify", { sources: "profile" }]);
  });

  it("leaves the folder as it is if --fresh goes with a wrong setting", async () => {
    fill("simulated", "profile");
    const before = fs.readdirSync(dir, { recursive: true, encoding: "utf8" });
    for (const [args, sentence] of [
      [["--set", "shedule=daily"], /^There is no setting .*shedule/],
      [["--set", "callBudget=none"], /^Setting .*callBudget is/],
      [["--format", "orc"], /'orc' is invalid: it must be csv or parquet\.\n$/],
    ] as const) {
      const { code, stderr } = await start(["--fresh", ...args]);
      expect(code).to.equal(1);
      expect(stderr).to.match(sentence);
      expect(fs.readdirSync(dir, { recursive: true, encoding: "utf8" })).to.deep.equal(before);
    }
  });

  for (const [streams, words] of [
    [["profile"], "a real account's data"],
    [["streaming_history"], "imported history"],
  ] as const)
    it(`without credentials names login where it holds ${words}, never --fresh`, async () => {
      fill("spotify", ...streams);
      const sentence = `${dir} holds ${words}; sign in with npx spotify-lake login, or choose another folder with --out.\n`;
      expect(await start([])).to.deep.equal({ code: 1, stdout: "", stderr: sentence });
    });

  it("refuses another first day, and accepts that of the folder", async () => {
    fill("simulated");
    const { code, stderr } = await start(["--from", "2026-01-01"]);
    expect([code, stderr]).to.deep.equal([
      1,
      `${dir} was simulated from 2026-03-01 on and continues on 2026-03-04; leave --from out, choose another folder with --out, or start over with npm start -- --fresh --from 2026-01-01 --out ${dir}.\n`,
    ]);
    for (const from of ["2026-03-01", "2026-03-04"])
      expect((await start(["--from", from, "--seed", "2"])).stderr).to.include("holds the library of seed 1");
  });

  it("refuses another format", async () => {
    fill("simulated");
    const [is, other] = manifest.tableFormat === "csv" ? ["csv", "parquet"] : ["parquet", "csv"];
    for (const args of [
      ["--format", other],
      ["--set", `tableFormat=${other}`],
    ])
      expect((await start(args)).stderr).to.equal(
        `${dir} holds ${is} tables; choose another folder with --out, or start over with npm start -- --fresh --format ${other} --out ${dir}.\n`,
      );
    expect((await start(["--format", is, "--seed", "2"])).stderr).to.include("holds the library of seed 1");
  });

  for (const option of ["--days", "--seed"])
    it(`refuses ${option} for a real account`, async () => {
      fill("spotify", "profile");
      const { code, stderr } = await start([option, "3"], account);
      expect(code).to.equal(1);
      expect(stderr).to.match(
        new RegExp(`^${option} is for a simulated Spotify, .* names a real account; .*\n$`),
      );
    });
});
