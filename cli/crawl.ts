import { setTimeout as sleep } from "node:timers/promises";
import * as glue from "@aws-sdk/client-glue";
import { crawlersIn } from "../cloud/glue/crawlers";
import { serveJson } from "../cloud/aws/json";
import { realClock } from "../cloud/clock";
import { command, main } from "./lib/command";
import { askCrawler, type AskedCrawl } from "../cloud/glue/crawler/ask";
import { UserError } from "../cloud/errors";
import { readFolder, takeFolder } from "../cloud/localState";
import { Progress } from "./lib/progress";
import { hideNodeWarning } from "../cloud/nodeWarning";
import { notDeployed, stackOutputs, stackRegion } from "./stack/stack";

const crawlers = ["lake", "raw"] as const;
type CrawlerName = (typeof crawlers)[number];

/** Glue's price in most regions: https://aws.amazon.com/glue/pricing/ */
const dollarsPerDpuHour = 0.44;

const cli = command(
  "crawl",
  "Runs the crawlers now: lake registers partitions that are missing, raw finds the shapes that Spotify sends.",
)
  .argument("[crawler]", "lake or raw (default: both)")
  .option("--stack <name>", "run those of this Pulumi stack (default: on this machine)")
  .option("--out <dir>", "folder of the local cloud", ".local")
  .option("--json", "print one line of JSON", false)
  .addHelpText(
    "after",
    "\nOn AWS a crawl takes a minute or two and costs about $0.15 (Glue bills ten minutes at least).",
  );

interface Flags {
  stack?: string;
  out: string;
  json: boolean;
}

/** Asks crawlers, all at the same time. */
async function ask(
  client: glue.GlueClient,
  names: [CrawlerName, string][],
  lookMs: number,
  quiet: boolean,
): Promise<AskedCrawl[]> {
  const progress = new Progress(quiet);
  const states = new Map<CrawlerName, string>();
  const waitFor = (logical: CrawlerName) => ({
    sleep: (ms: number) => sleep(ms),
    pollMs: lookMs,
    onState: (state: string) => {
      states.set(logical, state.toLowerCase());
      progress.stage([...states].map((pair) => pair.join(": ")).join(", "));
    },
  });
  try {
    const asked = names.map(async ([logical, name]) => ({
      ...(await askCrawler(glue, client, name, waitFor(logical))),
      crawler: logical,
    }));
    // One that fails leaves the others to end.
    const ended = await Promise.allSettled(asked);
    const failed = ended.filter((one) => one.status === "rejected").map(({ reason }) => reason as Error);
    if (failed.length > 0) throw new UserError(failed.map(({ message }) => message).join("\n"));
    return await Promise.all(asked);
  } finally {
    progress.done();
  }
}

async function crawlHere(names: CrawlerName[], { out, json }: Flags): Promise<AskedCrawl[]> {
  const folder = readFolder(out);
  if (!folder) throw new UserError(`There is no lake in ${out} yet; make one with npm start.`);
  if (!folder.glue) throw new UserError(`${out} is of an older version; run npm start once more.`);
  takeFolder(out, false);
  const server = await serveJson(crawlersIn(folder.glue, out, realClock).operations());
  try {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const client = new glue.GlueClient({
      endpoint: `http://${server.address}`,
      region: "local",
      credentials,
    });
    return await ask(
      client,
      names.map((name) => [name, name]),
      20,
      json,
    );
  } finally {
    await server.close();
  }
}

async function crawlIn(stack: string, names: CrawlerName[], json: boolean): Promise<AskedCrawl[]> {
  const here = { env: process.env, dir: process.cwd() };
  const deployed = (await stackOutputs(stack, here)).crawlerNames;
  const physical = names.map((name): [CrawlerName, string] => {
    if (!deployed?.[name]) throw notDeployed(stack, `crawler ${name}`);
    return [name, deployed[name]];
  });
  return ask(new glue.GlueClient({ region: await stackRegion(stack, here) }), physical, 5000, json);
}

function sentence(crawl: AskedCrawl): string {
  const { crawler, seconds, dpu_hours: dpuHours } = crawl;
  const cost = dpuHours ? `, ${dpuHours} DPU-hours, about $${(dpuHours * dollarsPerDpuHour).toFixed(2)}` : "";
  return `${crawler}: ${changesOf(crawl)} (${seconds.toFixed(1)} s${cost})`;
}

function changesOf(crawl: AskedCrawl): string {
  if (crawl.partitions_added === null) return "done";
  const counts = Object.entries({
    "tables added": crawl.tables_added,
    "tables changed": crawl.tables_updated,
    "partitions added": crawl.partitions_added,
    "partitions changed": crawl.partitions_updated,
  });
  const some = counts.filter(([, count]) => count).map(([what, count]) => `${count} ${what}`);
  return some.join(", ") || "nothing new";
}

main(async () => {
  cli.parse();
  hideNodeWarning();
  const flags = cli.opts<Flags>();
  const word = cli.args[0];
  const names = crawlers.filter((name) => word === undefined || name === word);
  if (names.length === 0)
    throw new UserError(`There is no crawler ${word}; there are ${crawlers.join(" and ")}.`);
  const { stack, json } = flags;
  const asked = stack === undefined ? await crawlHere(names, flags) : await crawlIn(stack, names, json);
  console.log(json ? JSON.stringify({ crawls: asked }) : asked.map(sentence).join("\n"));
});
