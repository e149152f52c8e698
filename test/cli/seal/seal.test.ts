import * as fs from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { json } from "node:stream/consumers";
import { expect } from "chai";
import { seal } from "../../../handlers/transform/seal";
import { dueSeal, sealAfterDays } from "../../../handlers/transform/sealedMonths";
import { transform } from "../../../handlers/transform/transform";
import { run } from "../../support/commandLine";
import { deployedStack } from "../../support/deployedStack";
import { header, object, rawObject } from "../../support/rawObjects";
import { eventOf, world } from "../../support/transformWorld";

const settings = { stack: "dev", format: "csv" as const, lakeBucket: "lake" };
const dayMs = 86_400_000;

const profileOf = (day: string) => {
  const { key, body } = rawObject("profile", 0, [header({ stream: "profile" }), object({ id: "una" })]);
  return { key: key.replace(/snapshot_date=[^/]+/, `snapshot_date=${day}`), body };
};

/** The real seal behind an endpoint of Lambda; `remainingMs` is what the function says it has left, call by call. */
describe("spotify-lake seal --stack", () => {
  let dir: string;
  let server: Server;
  let here: ReturnType<typeof world>;
  let remaining: number[];
  let fails: string | undefined;
  let invoked: unknown[];

  beforeEach(async () => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), "seal-"));
    [remaining, fails, invoked] = [[], undefined, []];
    here = world();
    for (const day of ["2026-02-27", "2026-03-02"]) {
      const { key, body } = profileOf(day);
      here.raw.objects.set(key, { body, etag: "e", metadata: {} });
      await transform(here.deps, settings, eventOf(key));
    }
    here.clock.ms = Date.UTC(2026, 3, 1) + sealAfterDays * dayMs;
    const deps = { ...here.deps, remainingMs: () => remaining.shift() ?? 900_000 };
    server = createServer((request, response) => {
      void json(request).then(async (event) => {
        invoked.push([request.url, event]);
        const answer = fails === undefined ? await seal(deps, settings) : { errorMessage: fails };
        response.writeHead(200, fails === undefined ? {} : { "x-amz-function-error": "Unhandled" });
        response.end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    fs.rmSync(dir, { recursive: true });
  });

  const sealed = (...args: string[]) =>
    run("seal", ["--stack", "dev", ...args], {
      PATH: `${dir}:${process.env.PATH}`,
      AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });

  it("has the deployed transform seal what is due, and then says that nothing is", async () => {
    deployedStack(dir, { functionNames: { transform: "transform-1" } });
    expect(await sealed()).to.deep.equal({
      code: 0,
      stdout: "Sealed months through 2026-02-28, 2026-03-31 in 4 files.\n",
      stderr: "",
    });
    expect(invoked).to.deep.equal([["/2015-03-31/functions/transform-1/invocations", dueSeal]]);
    const { stdout } = await sealed("--json");
    expect(JSON.parse(stdout)).to.deep.equal({ sealed: [], removed: [], left: [], written: 0 });
    expect((await sealed()).stdout).to.equal(
      `Nothing to seal: a part of a month is sealed ${sealAfterDays} days after its end, and another a day later.\n`,
    );
    here.clock.ms += dayMs;
    expect((await sealed()).stdout).to.equal("Removed the old files of 2026-02, 2026-03.\n");
  });

  it("goes on with what one invocation had no time for", async () => {
    deployedStack(dir, { functionNames: { transform: "transform-1" } });
    remaining = [900_000, 0];
    const { code, stdout } = await sealed("--json");
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.equal({
      sealed: ["2026-02-28", "2026-03-31"],
      removed: [],
      left: [],
      written: 4,
    });
    expect(invoked.length).to.be.above(1);
  });

  it("fails with the sentence of transform, and says what is missing", async () => {
    deployedStack(dir, { functionNames: { transform: "transform-1" } });
    fails = "raw/me/profile/x.jsonl.gz: line 3 is damaged.";
    expect(await sealed()).to.deep.equal({
      code: 1,
      stdout: "",
      stderr: `A month could not be sealed: ${fails}\n`,
    });
    deployedStack(dir, {});
    expect((await sealed()).stderr).to.include("pulumi up --stack dev");
  });
});
