import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { AthenaClient } from "@aws-sdk/client-athena";
import { expect } from "chai";
import { AwsError, type Operations } from "../../../cloud/aws/json";
import { Lake } from "../../../cloud/lake/lake";
import type { Manifest } from "../../../cloud/lake/manifest";
import { askAthena, costSentence } from "../../../cli/query/athena";
import { athenaServer, type AthenaServer } from "../../support/athenaServer";
import { run } from "../../support/commandLine";
import { gapsLake } from "../../support/gapsLake";
import { client } from "../../support/awsClients";

const forever = "select count(*) as n from range(100000000000) as numbers(n) where n % 7 = 3";
const quiet = { stage: () => undefined, signal: new AbortController().signal };

describe("a query on Athena", function () {
  this.timeout(120_000);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "ask-"));
  let manifest: Manifest;
  let server: AthenaServer;
  before(async () => {
    manifest = await gapsLake(dir, 2_500);
    server = await athenaServer(manifest, dir);
  });
  after(async () => {
    await server.close();
    fs.rmSync(dir, { recursive: true });
  });

  const place = (of: AthenaServer, workgroup = "analysts") => ({
    ...{ client: client(AthenaClient, of), workgroup, database: manifest.database },
  });
  const sentenceOf = (asked: Promise<unknown>) =>
    asked.then(
      () => "no error",
      ({ message }: Error) => message,
    );

  it("answers as the local lake does, over more than one page, types and NULL included", async () => {
    const sql = `select run_id, gap_from, gap_to, '' as empty, cast(null as varchar) as nothing, 1 as i,
      gap_to > gap_from as later, cast(-0.5 as double) as d, cast(-1.5 as decimal(4,2)) as dec, cast(gap_to as date) as day,
      sum(1) over (order by gap_from) as s from gaps order by gap_from`;
    const lake = await Lake.open(manifest, dir);
    const here = await lake.query(sql);
    lake.close();
    const { answer, scannedBytes, isFree } = await askAthena(sql, place(server), quiet);
    expect(answer.rows).to.have.length(2_500);
    expect(answer).to.deep.equal(here);
    expect([scannedBytes > 1000, isFree]).to.deep.equal([true, false]);
  });

  it("reports what is wrong with the query in a sentence", async () => {
    const ask = (sql: string, workgroup?: string) =>
      sentenceOf(askAthena(sql, place(server, workgroup), quiet));
    expect(await ask("select nope from gaps"))
      .to.match(/^The query failed: .*nope/)
      .and.not.to.include("\n");
    expect(await ask("select count(*) as n from gaps", "small")).to.match(
      /scan more than the workgroup small allows/,
    );
    expect(await ask("select 1 as n", "other")).to.match(/^There is no workgroup other /);
  });

  const refusals: [code: string, message: string, sentence: RegExp][] = [
    [
      "ExpiredTokenException",
      "The security token included in the request is expired",
      /have expired; sign in again/,
    ],
    ["UnrecognizedClientException", "The security token is invalid.", /does not know these credentials/],
    [
      "AccessDeniedException",
      "You are not authorized to perform: athena:StartQueryExecution",
      /not allow .*athena:Start/,
    ],
    ["TooManyRequestsException", "Rate exceeded", /in a minute/],
    ["InternalServerException", "Oops", /^Athena could not be asked: Oops$/],
  ];
  for (const [code, message, sentence] of refusals)
    it(`reports ${code} in a sentence`, async () => {
      const refuse: Operations = {
        "AmazonAthena.StartQueryExecution": () => {
          throw new AwsError(code, message);
        },
      };
      const refusing = await athenaServer(manifest, dir, refuse);
      const reported = await sentenceOf(askAthena("select 1 as n", place(refusing), quiet));
      await refusing.close();
      expect(reported).to.match(sentence);
    });

  it("reports missing credentials, and a refused connection", async () => {
    const credentials = () =>
      Promise.reject(Object.assign(new Error("No providers"), { name: "CredentialsProviderError" }));
    const without = new AthenaClient({
      region: "eu-west-1",
      credentials,
      endpoint: `http://${server.address}`,
    });
    const ask = (athena: AthenaClient) =>
      sentenceOf(askAthena("select 1 as n", { ...place(server), client: athena }, quiet));
    expect(await ask(without)).to.match(/^There are no AWS credentials/);
    const nobody = await athenaServer(manifest, dir);
    await nobody.close();
    expect(await ask(client(AthenaClient, nobody))).to.match(/^Athena could not be asked: .*ECONNREFUSED/);
  });

  it("costs at least ten megabytes, unless it is DDL", () => {
    expect(costSentence({ scannedBytes: 1_234_567, isFree: false })).to.equal(
      "Scanned 1.235 MB: about $0.00005 (an estimate: $5 per TB, 10 MB at least).",
    );
    expect(costSentence({ scannedBytes: 2e12, isFree: false })).to.include("about $10.00000 ");
    expect(costSentence({ scannedBytes: 0, isFree: true })).to.include("free");
  });

  describe("by the command", () => {
    const bin = fs.mkdtempSync(path.join(os.tmpdir(), "bin-"));
    const env = () => ({
      PATH: `${bin}:${process.env.PATH}`,
      AWS_ENDPOINT_URL_ATHENA: `http://${server.address}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
    before(() => {
      const outputs = JSON.stringify({
        workgroupName: "analysts",
        databaseNames: { lake: manifest.database },
      });
      const script = [
        "#!/bin/sh",
        'case "$*" in',
        `"stack output --json --stack dev --non-interactive") echo '${outputs}' ;;`,
        `"stack output --json --stack empty --non-interactive") echo '{}' ;;`,
        `"config --json --stack dev --non-interactive") echo '{}' ;;`,
        '"config get aws:region --stack dev --non-interactive") echo eu-west-1 ;;',
        '*) echo "error: no stack named $5 found" >&2; exit 255 ;;',
        "esac",
      ];
      fs.writeFileSync(path.join(bin, "pulumi"), script.join("\n"), { mode: 0o755 });
    });
    after(() => fs.rmSync(bin, { recursive: true }));

    it("prints what the local lake prints, and on stderr what it took", async () => {
      const here = await run("query", ["play_gaps", "--csv", "--out", dir]);
      const there = await run("query", ["play_gaps", "--aws", "--stack", "dev", "--csv"], env());
      expect(here.stdout.split("\r\n")).to.have.length(2_502);
      expect(there.stdout).to.equal(here.stdout);
      expect(there.stderr).to.match(/^Scanned \d+\.\d+ MB: about \$0\.00005 .*\n$/);
    });

    it("says what is missing", async () => {
      const ask = async (...args: string[]) => (await run("query", ["select 1 as n", ...args], env())).stderr;
      expect(await ask("--aws")).to.equal("--aws needs the stack to ask; add --stack NAME.\n");
      expect(await ask("--stack", "dev")).to.match(/^--stack is for Athena; add --aws/);
      expect(await ask("--aws", "--stack", "empty")).to.match(/no workgroup yet; deploy it/);
      expect(await ask("--csv", "--json")).to.match(/cannot be used with/);
    });

    it("stops the query in Athena on Ctrl-C", async () => {
      const ids: string[] = [];
      const start = server.operations["AmazonAthena.StartQueryExecution"]! as (input: object) => {
        QueryExecutionId: string;
      };
      const watched = await athenaServer(manifest, dir, {
        ...server.operations,
        "AmazonAthena.StartQueryExecution": (input: object) => {
          const started = start(input);
          ids.push(started.QueryExecutionId);
          return started;
        },
      });
      const stop = new AbortController();
      const asked = run(
        "query",
        [forever, "--aws", "--stack", "dev"],
        { ...env(), AWS_ENDPOINT_URL_ATHENA: `http://${watched.address}` },
        { stopSignal: () => stop.signal },
      );
      while (ids.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      stop.abort();
      const { code, stderr } = await asked;
      const get = server.operations["AmazonAthena.GetQueryExecution"]! as (input: object) => {
        QueryExecution: { Status: { State: string } };
      };
      expect(get({ QueryExecutionId: ids[0] }).QueryExecution.Status.State).to.equal("CANCELLED");
      expect(stderr).to.match(/^The query was stopped/);
      expect(code).to.equal(130);
      await watched.close();
    });
  });
});
