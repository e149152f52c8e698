import * as fs from "node:fs";
import * as http from "node:http";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import type { Page } from "playwright-core";
import type { LocalServer } from "../../../cloud/http";
import { ioOf } from "../../../cli/lib/io";
import type { ServedData } from "../../../cli/report/reportData";
import type { QueryResult } from "../../../cli/report/serve/messages";
import { serveReport } from "../../../cli/report/serve/serve";
import { servePage } from "../../../cli/report/serve/server";
import { askFolder } from "../../../cli/report/write";
import { openPage, seriousFindings } from "../../support/browser";
import { captured, run } from "../../support/commandLine";
import { gapsLake } from "../../support/gapsLake";

const endless = "select count(*) from range(100000000000) as numbers(n) where n % 7 = 3";

describe("the served report", function () {
  this.timeout(120_000);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "serve-"));
  let server: LocalServer;
  /** Stops queries early. */
  let impatient: LocalServer;
  let data: ServedData;
  before(async () => {
    await gapsLake(dir, 30);
    await captured(async (around) => {
      data = {
        ...(await askFolder(dir, ioOf(around).progress())),
        catalog: { gaps: ["gap_from", "gap_to"] },
      };
      return 0;
    }, {});
    server = await servePage(dir, data, { timeoutMs: 60_000 });
    impatient = await servePage(dir, data, { timeoutMs: 1_200 });
  });
  after(async () => {
    await Promise.all([server.close(), impatient.close()]);
    fs.rmSync(dir, { recursive: true });
  });

  /** Sends a request as a browser or anything else might. */
  const send = (method: string, url: string, headers: Record<string, string>, body = "", to = server) =>
    new Promise<{ status: number; text: string; headers: http.IncomingHttpHeaders }>((resolve, reject) => {
      const [hostname, port] = to.address.split(":");
      const request = http.request({ hostname, port, method, path: url, headers }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve({ status: response.statusCode!, text, headers: response.headers }));
      });
      request.on("error", reject).end(body);
    });
  const own = (to = server) => ({ origin: `http://${to.address}`, "content-type": "application/json" });
  const ask = async (sql: string, to = server) => {
    const { status, text } = await send("POST", "/query", own(to), JSON.stringify({ sql }), to);
    return { status, ...(JSON.parse(text) as Partial<QueryResult> & { error?: string }) };
  };

  it("answers queries over the lake", async () => {
    const { columns, kinds, rows, isCut } = await ask(
      "select count(*) as n, min(gap_from) as first from gaps",
    );
    expect([columns, kinds]).to.deep.equal([
      ["n", "first"],
      ["number", "time"],
    ]);
    expect([rows, isCut]).to.deep.equal([[[30, "2026-03-01 00:00:00"]], false]);
    expect((await ask("select count(*) from known_gaps")).rows).to.deep.equal([[30]]);
    expect((await ask("show tables")).status).to.equal(200);
  });

  for (const sql of [
    "copy gaps to '$DIR/s3/lake/stolen.csv'",
    "copy (select 1) to '$DIR/s3/lake/stolen.csv'",
    "attach '$DIR/s3/lake/stolen.db' as other",
    "export database '$DIR/s3/lake'",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "set memory_limit = '100GB'",
    "pragma enable_profiling",
    "create table mine as select 1",
    "drop view gaps",
    "select 1; drop view gaps",
    "call pragma_version()",
    "explain analyze copy gaps to '$DIR/s3/lake/stolen.csv'",
    "prepare p as select 1",
    "",
  ])
    it(`refuses ${sql || "nothing at all"}`, async () => {
      const before = fs.readdirSync(dir, { recursive: true }).sort();
      const { status } = await send(
        "POST",
        "/query",
        own(),
        JSON.stringify({ sql: sql.replace("$DIR", dir) }),
      );
      expect(status).to.be.oneOf([400, 422]);
      expect(fs.readdirSync(dir, { recursive: true }).sort()).to.deep.equal(before);
    });

  for (const sql of [
    "select * from read_text('/etc/passwd')",
    "select * from read_csv('/etc/passwd')",
    "select * from read_blob('$DIR/cloud.json')",
    "select * from read_text('$DIR/s3/../cloud.json')",
    "select * from '/etc/passwd'",
    "select * from glob('/etc/*')",
    "select * from parquet_scan('https://127.0.0.1:9/x.parquet')",
    "select * from read_csv('http://127.0.0.1:9/x.csv')",
    "select * from sniff_csv('/etc/passwd')",
    "select getenv('HOME')",
    "select * from query('copy gaps to ''/tmp/stolen.csv''')",
  ])
    it(`reaches nothing outside of the lake by ${sql}`, async () => {
      const { status, error } = await ask(sql.replace("$DIR", dir));
      expect([status, error]).to.deep.equal([422, error]);
      expect(error).to.match(/^The query failed: /);
    });

  it("stops what goes on forever, and answers the next", async () => {
    expect((await ask(endless, impatient)).error).to.equal(
      "The query was stopped after 1.2 s; ask for less.",
    );
    expect((await ask("select 1 as one", impatient)).rows).to.deep.equal([[1]]);
  });

  it("survives what needs too much memory", async () => {
    const { status, error } = await ask(
      "select array_agg(n) from range(2000000000) as numbers(n)",
      impatient,
    );
    expect([status, error]).to.deep.equal([422, error]);
    expect(error).to.match(/memory|stopped after 1.2 s/i);
    expect((await ask("select 1 as one", impatient)).rows).to.deep.equal([[1]]);
  });

  it("gives the first rows of a long answer, and says that there are more", async () => {
    const { rows, isCut } = await ask("select n from range(1000000) as numbers(n)");
    expect([rows!.length, isCut]).to.deep.equal([10_000, true]);
    expect((await ask("select repeat('x', 1000000) as x from range(100)")).rows!.length).to.be.below(10);
  });

  it("refuses other hosts, other sites and what is not from its page", async () => {
    const sql = JSON.stringify({ sql: "select 1" });
    const port = server.address.split(":")[1]!;
    const refused: [string, string, Record<string, string>][] = [
      ["GET", "/", { host: "evil.example" }],
      ["GET", "/", { host: `evil.example:${port}` }],
      ["POST", "/query", { ...own(), host: "evil.example" }],
      ["POST", "/query", { ...own(), origin: "http://evil.example" }],
      ["POST", "/query", { ...own(), origin: "null" }],
      ["POST", "/query", { "content-type": "application/json" }],
      ["POST", "/query", { ...own(), "content-type": "text/plain" }],
    ];
    for (const [method, url, headers] of refused)
      expect((await send(method, url, headers, method === "POST" ? sql : "")).status, url).to.equal(403);
    expect((await send("GET", "/cloud.json", {})).status).to.equal(404);
    expect((await send("GET", "/query", {})).status).to.equal(404);
    expect((await send("POST", "/query", own(), `{"sql":"${"x".repeat(200_000)}"}`)).status).to.equal(400);
    expect((await send("GET", "/", {})).headers["content-security-policy"]).to.match(
      /^default-src 'none'; script-src 'sha256-[^']+'; connect-src 'self'; .*frame-ancestors 'none'$/,
    );
  });

  it("says in a sentence that its port is taken, and ends when it is told to", async () => {
    const port = server.address.split(":")[1]!;
    const { code, stderr } = await run("report", ["--serve", "--port", port, "--out", dir]);
    expect([code, stderr]).to.deep.equal([
      1,
      `Port ${port} is not available (another program uses it); choose another with --port, or --port 0 for a free one.\n`,
    ]);
    const stop = new AbortController();
    const { stdout } = await captured(async (around) => {
      const io = ioOf({ ...around, stopSignal: () => stop.signal });
      await serveReport({ out: dir, port: 0 }, io, () => setTimeout(() => stop.abort(), 10));
      return 0;
    }, {});
    expect(stdout).to.match(/^The report is on http:\/\/127\.0\.0\.1:\d+\/ until this command is stopped/);
  });

  describe("in a browser", () => {
    const opened = openPage({
      own: (url) => url.startsWith(`http://${server.address}/`) || url.startsWith("blob:"),
      async prepare(blank) {
        page = blank;
        await page.goto(`http://${server.address}/`);
      },
    });
    let page: Page;

    const write = async (sql: string) => {
      await page.locator(".cm-content").click();
      await page.keyboard.press("Control+A");
      await page.keyboard.insertText(sql);
    };

    it("completes the names of tables, and runs, draws and saves what is asked", async () => {
      await write("");
      await page.keyboard.type("select * from ga");
      await page.locator(".cm-tooltip-autocomplete", { hasText: "gaps" }).waitFor();
      await page.keyboard.press("Escape");
      await write(
        "select cast(gap_from as date) as day, count(*) as gaps, '=1' as text from gaps group by 1 order by 1",
      );
      await page.keyboard.press("Control+Enter");
      await page.locator(".result td").first().waitFor();
      expect(await page.locator(".result td").allTextContents()).to.deep.equal([
        "1 Mar 2026",
        "24",
        "=1",
        "2 Mar 2026",
        "6",
        "=1",
      ]);
      expect(await page.locator(".result .drawing svg").count()).to.equal(1);
      await page.locator(".result label", { hasText: "As" }).locator("select").selectOption("list");
      expect(await page.locator(".result .bars .value").allTextContents()).to.deep.equal(["24", "6"]);
      const download = page.waitForEvent("download");
      await page.locator(".result .csv").click();
      const text = fs.readFileSync(await (await download).path(), "utf8");
      expect(text).to.equal("day,gaps,text\r\n2026-03-01,24,'=1\r\n2026-03-02,6,'=1\r\n");
    });

    it("shows what is refused, breaks no rule of its policy, and has no serious finding of axe", async () => {
      await write("drop view gaps");
      await page.locator(".run").click();
      expect(await page.locator("[role=alert]").textContent()).to.match(/Only a query that reads/);
      // The browser itself reports the refusal's status. Chromium also gives text that replaces coloured text an inline style,
      // which the policy refuses.
      expect(
        opened.troubles.filter((text) => !/422|^Applying inline style violates/.test(text)),
      ).to.deep.equal([]);
      // It writes styles of its own, which the policy refuses.
      expect(await seriousFindings(page)).to.deep.equal([]);
    });
  });
});
