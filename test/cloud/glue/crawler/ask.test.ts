import * as sdk from "@aws-sdk/client-glue";
import { expect } from "chai";
import { AwsError } from "../../../../cloud/aws/json";
import { askCrawler } from "../../../../cloud/glue/crawler/ask";
import { UserError } from "../../../../cloud/errors";
import { CrawlerWorld } from "./crawlerWorld";

describe("crawlers", () => {
  const world = new CrawlerWorld();
  beforeEach(() => world.start());
  afterEach(() => world.stop());

  describe("asked over Glue's API", () => {
    const waiting = {
      sleep: () => new Promise<void>((resolve) => setImmediate(resolve)),
      pollMs: 1,
      onState: () => undefined,
    };
    const ask = (name: string) => askCrawler(sdk, world.glue, name, waiting);
    const failure = (name: string) =>
      ask(name).then(
        () => expect.fail("It did not fail."),
        (error: Error) => {
          expect(error).to.be.instanceOf(UserError);
          return error.message;
        },
      );

    it("run, twice if need be, and tell what they did", async () => {
      world.putThings("snapshot_month=2026-01-01");
      const none = { tables_added: 0, tables_updated: 0, partitions_updated: 0 };
      expect(await ask("lake-1a2b")).to.deep.include({ ...none, partitions_added: 1 });
      expect(await ask("lake-1a2b")).to.deep.include({ ...none, partitions_added: 0 });
    });

    it("say in a sentence what is wrong", async () => {
      expect(await failure("other")).to.match(/^There is no crawler other; .*pulumi up/);
      world.put("raw/raw/me/bad/snapshot_date=2026-01-01/a.jsonl.gz", "no gzip");
      expect(await failure("raw")).to.match(/^Crawler raw failed: s3:.* cannot be read/);
    });

    const refusals: [string, RegExp][] = [
      ["CrawlerRunningException", /^Crawler lake is running already; wait/],
      ["AccessDeniedException", /^You may not run crawler lake: glue:StartCrawler .* \(no\)\.$/],
      ["OperationTimeoutException", /^Crawler lake could not be run: no$/],
    ];
    for (const [code, message] of refusals) {
      it(`say in a sentence that Glue answers ${code}`, async () => {
        await world.stop();
        await world.serve({
          "AWSGlue.StartCrawler": () => {
            throw new AwsError(code, "no");
          },
        });
        expect(await failure("lake")).to.match(message);
      });
    }

    it("say in a sentence that a crawl has not ended within an hour", async () => {
      await world.stop();
      await world.serve({
        "AWSGlue.StartCrawler": () => ({}),
        "AWSGlue.GetCrawler": () => ({ Crawler: { Name: "lake", State: "STOPPING" } }),
      });
      let slept = 0;
      const sleep = async (ms: number) => void (slept += ms);
      const error = await askCrawler(sdk, world.glue, "lake", { ...waiting, sleep, pollMs: 300_000 }).catch(
        (thrown: Error) => thrown,
      );
      expect(error)
        .to.be.instanceOf(UserError)
        .with.property("message")
        .that.matches(
          /^Crawler lake has not ended within an hour \(its state is STOPPING\); .* stop-crawler --name lake\.$/,
        );
      expect(slept).to.equal(3_600_000);
    });

    it("run once at a time", async () => {
      const running = world.crawlers.start("lake");
      expect(() => world.crawlers.start("lake"))
        .to.throw(AwsError)
        .with.property("code", "CrawlerRunningException");
      await running;
    });
  });
});
