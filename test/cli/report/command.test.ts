import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { S3Server } from "../../../cloud/s3/server";
import type { Manifest } from "../../../cloud/lake/manifest";
import { questions } from "../../../cli/report/questions";
import { athenaServer, type AthenaServer } from "../../support/athenaServer";
import { run } from "../../support/commandLine";
import { deployedStack } from "../../support/deployedStack";
import { gapsLake } from "../../support/gapsLake";
import { dataIn } from "../../support/reportPage";

describe("the command report", function () {
  this.timeout(60_000);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "report-"));
  const files = new S3Server({ root: path.join(dir, "s3") });
  let athena: AthenaServer;
  let manifest: Manifest;
  let env: NodeJS.ProcessEnv;
  before(async () => {
    manifest = await gapsLake(dir, 30);
    fs.mkdirSync(path.join(dir, "s3/raw"));
    athena = await athenaServer(manifest, dir);
    const outputs = { workgroupName: "analysts", rawBucketName: "raw", lakeBucketName: "lake" };
    const config = { "spotify-data-pipeline:callBudget": "200" };
    deployedStack(dir, { ...outputs, databaseNames: { lake: manifest.database } }, config);
    env = {
      PATH: `${dir}:${process.env.PATH}`,
      AWS_ENDPOINT_URL_ATHENA: `http://${athena.address}`,
      AWS_ENDPOINT_URL_S3: await files.start(),
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
  });
  after(async () => {
    await Promise.all([athena.close(), files.close()]);
    fs.rmSync(dir, { recursive: true });
  });

  it("makes the page of a stack as that of the folder, and says before and after what Athena costs", async () => {
    const here = await run("report", ["--out", dir]);
    const file = path.join(dir, "report.html");
    expect([here.code, here.stdout]).to.deep.equal([0, `Wrote ${file}.\n`]);
    const to = path.join(dir, "dev.html");
    const { code, stdout, stderr } = await run("report", ["--stack", "dev", "--to", to], env);
    expect([code, stdout]).to.deep.equal([0, `Wrote ${to}.\n`]);
    const [first, last] = stderr.split("\n");
    expect(first).to.match(/^Athena is asked 42 questions, which costs \$0\.0022 at least, /);
    expect(last).to.match(/^Scanned 4\d\d\.\d+ MB: about \$0\.00\d+ /);
    const [local, stack] = [dataIn(file), dataIn(to)];
    expect(stack.answers.play_gaps!.rows).to.have.length(30);
    for (const { id } of questions) {
      expect(stack.answers[id]!.error, id).to.equal(undefined);
      expect(stack.answers[id]!.rows, id).to.deep.equal(local.answers[id]!.rows);
    }
    expect(stack.place).to.deep.include({
      source: "stack",
      stack: "dev",
      callBudget: 200,
      options: " --stack dev",
    });
    const { rows, ...sizes } = local.place.flow.tables.gaps!;
    expect([rows, stack.place.flow.tables.gaps]).to.deep.equal([30, sizes]);
  });

  it("says in a sentence what is wrong", async () => {
    const said = async (...args: string[]) => (await run("report", args, env)).stderr;
    expect(await said("--out", path.join(dir, "none"))).to.match(
      /^There is no lake in .* yet; make one with npm start/,
    );
    expect(await said("--out", dir, "--to", "/proc/x/y.html")).to.match(
      /^\/proc\/x\/y\.html cannot be written: /,
    );
    expect(await said("--serve", "--stack", "dev")).to.match(
      /--stack <name>.* cannot be used with .*--serve/i,
    );
    expect(await said("--port", "70000")).to.match(/it must be a port, from 0 \(a free one\) to 65535/);
    expect(await said("--stack", "nobody")).to.match(/no stack named nobody/);
    await athena.close();
    expect(await said("--stack", "dev", "--to", path.join(dir, "x.html"))).to.match(
      /Athena could not be asked: .*ECONNREFUSED/,
    );
    expect(fs.existsSync(path.join(dir, "x.html"))).to.equal(false);
  });
});
