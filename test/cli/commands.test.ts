/** One file of more than 300 lines: its tests share one lake, which takes seconds to make. */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { Command } from "commander";
import { readFolder, writeFolder } from "../../cloud/localState";
import { commands } from "../../cli/commands";
import { bin, root, run, spawned } from "../support/commandLine";
import { sourceManifest } from "../../cloud/memory/sourceManifest";

describe("the commands", function () {
  this.timeout(60_000);
  let dir: string;
  before(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), "commands-"));
    const manifest = sourceManifest();
    writeFolder(dir, { version: 2, source: "simulated", seed: 1, start: 0, now: 0, manifest });
  });
  after(() => fs.rmSync(dir, { recursive: true }));

  for (const { name } of commands) {
    it(`${name} --help says what it does and what it takes`, async () => {
      const { code, stdout, stderr } = await spawned([name, "--help"]);
      expect([code, stderr]).to.deep.equal([0, ""]);
      expect(stdout)
        .to.match(new RegExp(`^Usage: npx spotify-lake ${name} `))
        .and.to.include("--help");
    });
  }

  it("are listed by --help, and end with their exit code", async () => {
    const { code, stdout } = await spawned(["--help"]);
    expect(code).to.equal(0);
    for (const { name } of commands) expect(stdout).to.match(new RegExp(`^  ${name} `, "m"));
    expect((await spawned(["query", "--out", path.join(dir, "none"), "top_artists"])).code).to.equal(1);
  });

  it("load no compiler and no engine for help, nor for a list of queries", () => {
    const heavy = "/node_modules.(@aws-sdk|@duckdb|@pulumi|@swc.core.index|typescript|ts-node)/";
    const loaded = `console.log(Object.keys(require.cache).filter((file) => ${heavy}.test(file)).length)`;
    const code = `process.argv.splice(1, 0, "bin"); process.on("exit", () => ${loaded}); require("./cli/spotify-lake.js")`;
    const printed = (...args: string[]) =>
      spawnSync(process.execPath, ["-e", code, "--", ...args], { cwd: root, encoding: "utf8" }).stdout;
    for (const [args, text] of [
      [["query", "--help"], "Usage: npx spotify-lake query"],
      [["query"], "top_artists"],
    ] as const) {
      // The first one may compile sources.
      printed(...args);
      expect(printed(...args))
        .to.include(text)
        .and.to.match(/\n0\n$/);
    }
  });

  it("answer wrong arguments with one sentence that says where to look", async () => {
    const wrong: [string[], string][] = [
      [["qurey"], "Unknown command 'qurey'; did you mean query? See npx spotify-lake --help.\n"],
      [
        ["query", "--cvs"],
        "Unknown option '--cvs'; did you mean --csv? See npx spotify-lake query --help.\n",
      ],
      [["extract"], "Required option '--stack <name>' not specified.\n"],
      [
        ["extract", "--stakc", "dev"],
        "Unknown option '--stakc'; did you mean --stack? See npx spotify-lake extract --help.\n",
      ],
    ];
    for (const [[command, ...args], sentence] of wrong)
      expect(await run(command!, args)).to.deep.equal({ code: 1, stdout: "", stderr: sentence });
  });

  it("all have --json, and suggest the option that was meant", async () => {
    for (const { name, define } of commands) {
      const command = define(new Command(name));
      const flags = command.options.flatMap(({ long }) => (long === undefined ? [] : [long]));
      expect(flags, name).to.include("--json");
      for (const flag of flags) {
        const { code, stderr } = await run(name, [`${flag}x`]);
        expect([code, stderr.split("; ")[1]]).to.deep.equal([
          1,
          `did you mean ${flag}? See npx spotify-lake ${name} --help.\n`,
        ]);
      }
    }
  });

  it("suggest the value that was meant, in the same sentence", async () => {
    const wrong: [string[], string][] = [
      [
        ["start", "--format", "parqet"],
        "Option '--format <format>' argument 'parqet' is invalid: it must be csv or parquet; did you mean parquet?\n",
      ],
      [
        ["cost", "--months", "0"],
        "Option '--months <n>' argument '0' is invalid: it must be a whole number from 1 up.\n",
      ],
      [
        ["verify", "--out", ""],
        "Option '--out <dir>' argument '' is invalid: it must be the name of a folder.\n",
      ],
      [
        ["query", "top_artists", "--param", "by=minte", "--out", dir],
        'Parameter by is "minte"; it must be plays or minutes; did you mean minutes?\n',
      ],
      [
        ["seal", "dev"],
        "Too many arguments for 'seal': expected 0 arguments but got 1. See npx spotify-lake seal --help.\n",
      ],
    ];
    for (const [[command, ...args], stderr] of wrong)
      expect(await run(command!, args)).to.deep.equal({ code: 1, stdout: "", stderr });
  });

  it("have a version", async () => {
    const { version } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as {
      version: string;
    };
    expect(await run("--version", [])).to.deep.equal({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  describe("query", () => {
    const query = (...args: string[]) => run("query", [...args, "--out", dir]);

    it("lists the named queries", async () => {
      const { code, stdout } = await query();
      expect(code).to.equal(0);
      for (const { name } of sourceManifest().queries) expect(stdout).to.match(new RegExp(`^${name} `, "m"));
    });

    it("runs one by its name", async () => {
      const { code, stdout } = await query("top_artists");
      expect(code).to.equal(0);
      expect(stdout).to.include("artist_name").and.to.include("0 rows");
    });

    it("runs a statement, as a table, CSV or JSON", async () => {
      const sql = `select 1 as n, 'a"b,c' as t, true as b, cast(null as varchar) as x`;
      expect((await query(sql)).stdout).to.equal(`n  t      b     x\n1  a"b,c  true  NULL\n1 row\n`);
      expect((await query(sql, "--csv")).stdout).to.equal(`n,t,b,x\r\n1,"a""b,c",true,\r\n`);
      expect(JSON.parse((await query(sql, "--json")).stdout)).to.deep.equal({
        columns: ["n", "t", "b", "x"],
        rows: [{ n: 1, t: 'a"b,c', b: true, x: null }],
      });
    });

    it("ends quietly when its reader has enough", () => {
      const long = "select range as n from range(300000)";
      const piped = `"$0" "$1" query "$2" --csv --out "$3" | head -1`;
      const args = ["-c", piped, process.execPath, bin, long, dir];
      const { stdout, stderr } = spawnSync("sh", args, { cwd: root, encoding: "utf8" });
      expect([stdout, stderr]).to.deep.equal(["n\r\n", ""]);
    });

    it("names the nearest query on a typo", async () => {
      const { code, stderr, stdout } = await query("top_artist");
      expect(code).to.equal(1);
      expect(stdout).to.equal("");
      expect(stderr).to.equal(
        `There is no named query top_artist; did you mean top_artists? All of them: npx spotify-lake query --out ${dir}\n`,
      );
      expect((await query("select * from trakcs")).stderr).to.include(`"show tables" --out ${dir}\n`);
      expect((await query("tracks")).stderr).to.include(`limit 10" --out ${dir}\n`);
    });

    it("says how to get a lake", async () => {
      const { code, stderr } = await run("query", ["top_artists", "--out", path.join(dir, "none")]);
      expect(code).to.equal(1);
      expect(stderr).to.match(/^There is no lake in .* make one with npm start -- --out .*none\.\n$/);
    });

    it("passes on what the engine says of a wrong statement", async () => {
      const { code, stderr } = await query("select nope from tracks");
      expect(code).to.equal(1);
      expect(stderr)
        .to.match(/^The query failed: .*nope/)
        .and.not.to.include("    at ");
    });
  });

  describe("start", () => {
    const wrong: [string, string[], NodeJS.ProcessEnv, RegExp][] = [
      ["a folder that cannot be", ["--out", "/dev/null/x"], {}, /\/dev\/null\/x cannot be written/],
      ["no number of days", ["--days", "0"], {}, /whole number from 1/],
      ["no date", ["--from", "2026-02-30"], {}, /date such as/],
      ["no setting", ["--set", "schedule"], {}, /key=value/],
      ["half of the credentials", [], { SPOTIFY_CLIENT_ID: "x" }, /SPOTIFY_CLIENT_SECRET is not set/],
    ];
    for (const [what, args, env, sentence] of wrong) {
      it(`refuses ${what} with one sentence`, async () => {
        const { code, stderr, stdout } = await run("start", args, env);
        expect(code).to.equal(1);
        expect(stdout).to.equal("");
        expect(stderr).to.match(sentence);
        expect(stderr.trim().split("\n")).to.have.length(1);
      });
    }

    it("prints what failed even if it is to be quiet, and then shows the report until it is stopped", async () => {
      const spotify = createServer((_, response) =>
        response.writeHead(400).end(JSON.stringify({ error: "invalid_client" })),
      );
      await new Promise<void>((resolve) => spotify.listen(0, "127.0.0.1", resolve));
      const url = `http://127.0.0.1:${(spotify.address() as AddressInfo).port}`;
      const addresses = { SPOTIFY_API_URL: url, SPOTIFY_ACCOUNTS_URL: url };
      const account = {
        ...{ SPOTIFY_CLIENT_ID: "nobodys-client-id", SPOTIFY_CLIENT_SECRET: "nobodys-client-secret" },
        SPOTIFY_REFRESH_TOKEN: "nobodys-token",
      };
      const out = ["--out", path.join(dir, "offline"), "--set", "sources=profile"];
      const stop = new AbortController();
      let [printed, shown] = ["", ""];
      const look = async (address: string) => {
        shown = await (await fetch(address)).text();
        stop.abort();
      };
      const stdout = {
        write(text: string) {
          printed += text;
          void look(/http:\S+/.exec(text)![0]);
        },
      };
      const { code, stderr } = await run(
        "start",
        [...out, "--quiet", "--serve", "--port", "0"],
        { ...account, ...addresses },
        { stdout, stopSignal: () => stop.signal },
      );
      spotify.close();
      expect(code).to.equal(1);
      expect(printed).to.match(/^The report is on http:\/\/127\.0\.0\.1:\d+\/ until this command is stopped/);
      expect(shown).to.include("<title>Spotify lake</title>");
      expect(stderr).to.match(/^me: .+\n$/);
    });

    it("says where it was stopped, and what continues", async () => {
      let lastWords = () => "";
      const onStop = (words: () => string) => void (lastWords = words);
      const stopped = fs.mkdtempSync(path.join(dir, "stopped-"));
      const args = ["--out", stopped, "--set", "shedule=daily"];
      await run("start", [...args, "--full"], {}, { onStop });
      const stage = "Stopped at: Reading the Pulumi program.";
      const unchanged = `${stage} Nothing was read yet; give the same command again.`;
      expect(lastWords()).to.equal(unchanged);
      writeFolder(stopped, readFolder(dir)!);
      expect(lastWords()).to.equal(`${stage} The same command without --full continues from there.`);
      // Only after that does --fresh empty the folder.
      await run("start", [...args, "--fresh"], {}, { onStop });
      expect(lastWords()).to.equal(unchanged);
    });

    it("refuses a folder that another run is using", async () => {
      const busy = fs.mkdtempSync(path.join(dir, "busy-"));
      fs.writeFileSync(path.join(busy, "cloud.lock"), String(process.ppid));
      const { code, stderr } = await run("start", ["--out", busy]);
      expect(code).to.equal(1);
      expect(stderr).to.match(/^Another run \(process \d+\) is using/);
    });

    it("never empties a folder that holds something else", async () => {
      const own = fs.mkdtempSync(path.join(dir, "own-"));
      fs.writeFileSync(path.join(own, "thesis.txt"), "mine");
      const { code, stderr } = await run("start", ["--fresh", "--out", own]);
      expect(code).to.equal(1);
      expect(stderr).to.include("thesis.txt");
      expect(fs.existsSync(path.join(own, "thesis.txt"))).to.equal(true);
    });

    it("names the folder in the command that starts a broken one over", async () => {
      const broken = fs.mkdtempSync(path.join(dir, "broken-"));
      fs.writeFileSync(path.join(broken, "cloud.json"), "{");
      const fresh = `npm start -- --fresh --out ${broken} deletes what is in the folder and starts over.\n`;
      for (const command of ["start", "query"]) {
        const { code, stderr } = await run(command, ["--out", broken]);
        expect([code, stderr.split("; ")[1]]).to.deep.equal([1, fresh]);
      }
    });

    it("refuses an unknown setting before anything is made, and names the nearest", async () => {
      const { code, stderr } = await run("start", [
        "--out",
        path.join(dir, "typo"),
        "--set",
        "shedule=daily",
      ]);
      expect(code).to.equal(1);
      expect(stderr).to.match(/^There is no setting spotify-data-pipeline:shedule; did you mean schedule\?/);
    });
  });

  it("crawl says what is missing: a crawler of that name, a lake, what an older version did not keep", async () => {
    const none = path.join(dir, "none");
    const cases: [string[], string][] = [
      [["lakes"], "There is no crawler lakes; did you mean lake? There are lake and raw.\n"],
      [["--out", none], `There is no lake in ${none} yet; make one with npm start -- --out ${none}.\n`],
      [["--out", dir], `${dir} is of an older version; run npm start -- --out ${dir} once more.\n`],
    ];
    for (const [args, sentence] of cases) {
      const { code, stderr } = await run("crawl", args);
      expect([code, stderr]).to.deep.equal([1, sentence]);
    }
  });

  it("reread says what is missing: a lake, a container's name", async () => {
    const out = path.join(dir, "none");
    const none = await run("reread", ["--container", "p1", "--out", out]);
    expect([none.code, none.stderr]).to.deep.equal([
      1,
      `There is no lake in ${out} yet; make one with npm start -- --out ${out}.\n`,
    ]);
    expect((await run("reread", [])).stderr).to.match(/Required option '--container/);
  });

  it("reread of an unknown container leaves no event in the failure queue", async () => {
    const out = fs.mkdtempSync(path.join(dir, "reread-"));
    writeFolder(out, readFolder(dir)!);
    const { code, stdout, stderr } = await run("reread", ["--container", "nope", "--out", out]);
    expect([code, stdout]).to.deep.equal([1, ""]);
    expect(stderr).to.match(/^No listener here has a container nope; .*\n$/);
    const queues = path.join(out, "queues");
    const files = fs.existsSync(queues)
      ? fs.readdirSync(queues, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"))
      : [];
    expect(files).to.deep.equal([]);
  });

  it("verify says what is missing, and what it cannot check by: a lake, rules of another program", async () => {
    const none = path.join(dir, "none");
    const odd = path.join(dir, "odd");
    fs.mkdirSync(odd);
    writeFolder(odd, { ...readFolder(dir)!, settings: { qualityRules: '{"no_such_rule":{}}' } });
    const cases: [string, RegExp][] = [
      [none, /^There is no lake in .*none yet; make one with npm start -- --out .*none\.\n$/],
      [odd, /^Setting qualityRules is "{"no_such_rule":{}}"; allowed is an object such as .*\.\n$/],
    ];
    for (const [out, sentence] of cases) {
      const { code, stderr, stdout } = await run("verify", ["--out", out]);
      expect([code, stdout]).to.deep.equal([1, ""]);
      expect(stderr).to.match(sentence);
    }
  });

  describe("extract of a deployed stack", () => {
    let bin: string;
    let answer: (request: IncomingMessage, response: ServerResponse) => void;
    const lambda = createServer((request, response) => answer(request, response));
    before(async () => {
      bin = fs.mkdtempSync(path.join(dir, "bin-"));
      const script = [
        "#!/bin/sh",
        'case "$*" in',
        `"stack output --json --stack dev --non-interactive") echo '{"functionNames":{"extract":"extract-1"}}' ;;`,
        `"stack output --json --stack empty --non-interactive") echo '{}' ;;`,
        '"config get aws:region --stack dev --non-interactive") echo eu-west-1 ;;',
        '*) echo "error: no stack named $5 found" >&2; exit 255 ;;',
        "esac",
      ];
      fs.writeFileSync(path.join(bin, "pulumi"), script.join("\n"), { mode: 0o755 });
      await new Promise<void>((resolve) => lambda.listen(0, "127.0.0.1", resolve));
    });
    after(() => lambda.close());

    const invoke = (stack: string, ...args: string[]) => ask("extract", "--stack", stack, "--json", ...args);
    const ask = (command: string, ...args: string[]) =>
      run(command, args, {
        PATH: `${bin}:${process.env.PATH}`,
        AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      });

    it("invokes the stack's function and prints its answer", async () => {
      let asked = "";
      answer = (request, response) => {
        asked = `${request.method} ${request.url}`;
        response.end(JSON.stringify({ status: "complete", runs: [] }));
      };
      const { code, stdout } = await invoke("dev");
      expect(asked).to.equal("POST /2015-03-31/functions/extract-1/invocations");
      expect(code).to.equal(0);
      expect(JSON.parse(stdout)).to.deep.equal({ status: "complete", runs: [] });
    });

    it("asks for everything, or for one container, again", async () => {
      const asked: unknown[] = [];
      answer = (request, response) => {
        void json(request).then((event) => {
          asked.push(event);
          response.end(JSON.stringify({ status: "complete", runs: [] }));
        });
      };
      await invoke("dev", "--full");
      await ask("reread", "--stack", "dev", "--container", "p1", "--listener", "me");
      expect(asked).to.deep.equal([
        { source: "a person", full: true },
        { source: "a person", container: "p1", listener: "me" },
      ]);
    });

    it("fails with the sentence of a run that needs a person", async () => {
      const runs = [{ listener: "me", status: "failed", stop_message: "Sign in again." }];
      answer = (_, response) => response.end(JSON.stringify({ status: "failed", runs }));
      const { code, stderr } = await invoke("dev");
      expect(code).to.equal(1);
      expect(stderr).to.equal("me: Sign in again.\n");
    });

    it("says whose lease a run found", async () => {
      const holder = { run: "r", event: "e", expires: "2026-11-22T04:30:00.000Z" };
      answer = (_, response) => response.end(JSON.stringify({ status: "yielded", holder, runs: [] }));
      const { code, stdout, stderr } = await invoke("dev");
      expect([code, JSON.parse(stdout)]).to.deep.equal([0, { status: "yielded", holder, runs: [] }]);
      expect(stderr).to.equal(
        "Nothing was done: another run (r, event e) holds the lease until 2026-11-22T04:30:00.000Z at the latest.\n",
      );
    });

    it("says in a sentence that the run failed", async () => {
      answer = (_, response) => {
        response.setHeader("X-Amz-Function-Error", "Unhandled");
        response.end(
          JSON.stringify({ errorType: "invalid_client", errorMessage: "Spotify does not know this client." }),
        );
      };
      const { code, stderr } = await invoke("dev");
      expect(code).to.equal(1);
      expect(stderr).to.equal("The run failed: Spotify does not know this client.\n");
    });

    it("says what is missing: the stack, its function, the CLI", async () => {
      expect((await invoke("empty")).stderr).to.include("deploy it with pulumi up --stack empty");
      expect((await invoke("nope")).stderr).to.include("no stack named");
      expect((await run("extract", ["--stack", "dev"], { PATH: "/nowhere" })).stderr).to.include(
        "The Pulumi CLI was not found",
      );
    });
  });
});
