import * as fs from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import type { GetMetricDataInput } from "@aws-sdk/client-cloudwatch";
import { expect } from "chai";
import { serveJson } from "../../../cloud/aws/json";
import type { LocalServer } from "../../../cloud/http";
import { run } from "../../support/commandLine";

const usdOf = ({ stdout }: { stdout: string }) => (JSON.parse(stdout) as { usd: number }).usd;

describe("cost", () => {
  it("prints the bill of the default settings, which is below a dollar for one listener", async () => {
    const { code, stdout, stderr } = await run("cost", []);
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(stdout).to.match(/^line +a month +unit +free +list USD +USD\n/);
    for (const line of ["Lambda: runs", "S3: PUT and LIST", "Glue: crawlers", "CloudWatch: alarms"])
      expect(stdout).to.include(`\n${line} `);
    expect(stdout).not.to.include("KMS: key");
    expect(stdout).to.match(/\n\$0\.\d\d a month for 1 listener, 12 months of data and 300 queries a month;/);
    expect(usdOf(await run("cost", ["--json"]))).to.be.within(0.1, 1);
  });

  it("shows what settings, listeners, months and queries change", async () => {
    const usd = async (...args: string[]) => usdOf(await run("cost", ["--json", ...args]));
    const usual = await usd();
    expect((await usd("--set", "kmsKey=create")) - usual).to.be.closeTo(1, 1e-9);
    expect((await usd("--set", "crawlerSchedule=weekly")) - usual).to.be.closeTo(0.98, 0.02);
    expect(await usd("--set", "crawlerSchedule=never")).to.be.lessThan(usual);
    expect(await usd("--set", "playsSchedule=never")).to.be.lessThan(usual);
    expect(await usd("--months", "60")).to.be.greaterThan(usual);
    expect(await usd("--queries", "0")).to.be.lessThan(usual);
    expect(await usd("--listeners", "10")).to.equal(await usd("--set", "listeners=a,b,c,d,e,f,g,h,i,j"));
  });

  it("prints what docs/encryption.md says that a key costs", async () => {
    const doc = fs.readFileSync(path.join(__dirname, "../../../docs/encryption.md"), "utf8");
    const rows = [...doc.matchAll(/^\| (\d+) +\|(( +[\d.]+ +\|){4})$/gm)];
    expect(rows).to.have.length(2);
    const columns: [kmsKey: string, months: string][] = [["none", "12"]];
    for (const months of ["12", "24", "36"]) columns.push(["create", months]);
    for (const [, listeners, cells] of rows) {
      const usd = columns.map(async ([kmsKey, months]) =>
        usdOf(
          await run("cost", [
            ...["--json", "--listeners", listeners!, "--months", months],
            ...["--set", `kmsKey=${kmsKey}`],
          ]),
        ).toFixed(2),
      );
      expect(cells!.match(/[\d.]+/g)).to.deep.equal(await Promise.all(usd));
    }
  });

  it("says when Spotify's calls do not suffice", async () => {
    expect((await run("cost", ["--listeners", "100"])).stdout).to.match(
      /takes \d+ calls of Spotify a day, and callBudget allows 600/,
    );
  });

  for (const [args, sentence] of [
    [["--set", "crawlerShedule=weekly"], "There is no setting crawlerShedule; did you mean crawlerSchedule?"],
    [["--set", "crawlerSchedule=hourly"], "allowed is monthly, weekly, daily, never or a cron"],
    [["--set", "crawlerSchedule=cron(0 6 L * ? *)"], "L in day-of-month is not supported here"],
    [["--listeners", "0"], "it must be a whole number from 1 up."],
    [["--months", "x"], "it must be a whole number from 1 up."],
  ] as [string[], string][])
    it(`refuses ${args.join(" ")} with one sentence`, async () => {
      const { code, stdout, stderr } = await run("cost", args);
      expect([code, stdout]).to.deep.equal([1, ""]);
      expect(stderr).to.include(sentence);
    });

  describe("of a deployed stack", () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "cost-"));
    let asked: GetMetricDataInput;
    let cloudWatch: LocalServer;
    const lambda: Server = createServer((_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end('{"MemorySize":512}');
    });
    before(async () => {
      const config = {
        "spotify-data-pipeline:listeners": { value: '["ann","bob"]', objectValue: ["ann", "bob"] },
        "spotify-data-pipeline:kmsKey": { value: "create" },
        "spotify-data-pipeline:spotifyClientId": { secret: true },
        "aws:region": { value: "eu-west-1" },
      };
      const outputs = {
        functionNames: { extract: "extract-1" },
        rawBucketName: "raw-1",
        lakeBucketName: "lake-1",
        workgroupName: "analysts",
      };
      const script = [
        "#!/bin/sh",
        'case "$*" in',
        `"config --json --stack dev --non-interactive"|"config --json --stack new --non-interactive") echo '${JSON.stringify(config)}' ;;`,
        `"stack output --json --stack dev --non-interactive") echo '${JSON.stringify(outputs)}' ;;`,
        `"stack output --json --stack new --non-interactive") echo '{}' ;;`,
        '"config get aws:region"*) echo eu-west-1 ;;',
        '*) echo "error: no stack named $4 found" >&2; exit 255 ;;',
        "esac",
      ];
      fs.writeFileSync(path.join(dir, "pulumi"), script.join("\n"), { mode: 0o755 });
      await new Promise<void>((resolve) => lambda.listen(0, "127.0.0.1", resolve));
      cloudWatch = await serveJson({
        "GraniteServiceVersion20100801.GetMetricData": (input: GetMetricDataInput) => {
          asked = input;
          const values: Record<string, number[]> = {
            Invocations: [400, 600],
            Duration: [1_000_000, 1_000_000],
            BucketSizeBytes: [2 ** 30, 5],
          };
          const results = input.MetricDataQueries!.map(({ Id, MetricStat }) => ({
            Id,
            Values: values[MetricStat!.Metric!.MetricName!] ?? [],
          }));
          return { MetricDataResults: results };
        },
      });
    });
    after(async () => {
      lambda.close();
      await cloudWatch.close();
      fs.rmSync(dir, { recursive: true });
    });

    const ask = (stack: string, ...args: string[]) =>
      run("cost", ["--stack", stack, ...args], {
        PATH: `${dir}:${process.env.PATH}`,
        AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
        AWS_ENDPOINT_URL_CLOUDWATCH: `http://${cloudWatch.address}`,
        ...{ AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
      });

    it("takes its settings, and what CloudWatch counted; the rest as it was measured", async () => {
      const { code, stdout, stderr } = await ask("dev", "--json");
      expect([code, stderr]).to.deep.equal([0, ""]);
      const { lines, listeners, counted } = JSON.parse(stdout) as {
        lines: { item: string; quantity: number }[];
        listeners: number;
        counted: string[];
      };
      const quantity = (item: string) => lines.find((line) => line.item === item)?.quantity;
      expect(listeners).to.equal(2);
      expect(counted).to.deep.equal(["requests", "gbSeconds", "storage"]);
      expect(quantity("Lambda: runs")).to.equal(1000);
      expect(quantity("Lambda: time (arm64)"), "2,000 s of 512 MB").to.equal(1000);
      expect(quantity("S3: storage"), "the newest day of both buckets").to.equal(2);
      expect(quantity("KMS: key")).to.equal(1);
      expect(quantity("S3: PUT and LIST")).to.be.greaterThan(0);
      const { StartTime, EndTime } = asked as unknown as { StartTime: number; EndTime: number };
      expect(EndTime - StartTime, "whole days").to.equal(30 * 86_400);
    });

    it("says which lines CloudWatch counted", async () => {
      const { stdout } = await ask("dev");
      expect(stdout).to.include(
        "CloudWatch counted the last 30 days of: Lambda: runs, Lambda: time (arm64), S3: storage. All other counts",
      );
      expect(stdout).to.match(/a month for 2 listeners and 300 queries a month;/);
    });

    it("says what is missing: a deployment, the stack", async () => {
      expect(await ask("new")).to.deep.include({ code: 1, stdout: "" });
      expect((await ask("new")).stderr).to.include("Stack new has no function yet; deploy it with");
      expect((await ask("gone")).stderr).to.include("no stack named gone found");
    });
  });
});
