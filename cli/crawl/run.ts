import { setTimeout as sleep } from "node:timers/promises";
import * as glue from "@aws-sdk/client-glue";
import { crawlersIn } from "../../cloud/glue/crawlers";
import { serveJson } from "../../cloud/aws/json";
import { realClock } from "../../cloud/clock";
import { Access, administratorKey } from "../../cloud/iam/access";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import type { Progress } from "../lib/progress";
import { askCrawler, type AskedCrawl } from "../../cloud/glue/crawler/ask";
import { didYouMean } from "../../infra/suggest";
import { UserError } from "../../cloud/errors";
import { commandFor } from "../../cloud/localCommand";
import { holdFolder, readLake } from "../../cloud/localState";
import { hideNodeWarning } from "../../cloud/nodeWarning";
import { prices } from "../cost/prices";
import { notDeployed, stackOutputs, stackRegion } from "../stack/stack";

const crawlers = ["lake", "raw"] as const;
type CrawlerName = (typeof crawlers)[number];

interface Flags {
  stack?: string;
  out: string;
  json: boolean;
}

/** Runs crawlers, all at the same time. */
async function ask(
  client: glue.GlueClient,
  names: [CrawlerName, string][],
  lookMs: number,
  progress: Progress,
): Promise<AskedCrawl[]> {
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
    // If one fails, the others still end.
    const ended = await Promise.allSettled(asked);
    const failed = ended.filter((one) => one.status === "rejected").map(({ reason }) => reason as Error);
    if (failed.length > 0)
      throw new UserError(failed.map(({ message }) => message).join("\n"), { cause: failed[0] });
    return await Promise.all(asked);
  } finally {
    progress.done();
  }
}

async function crawlHere(names: CrawlerName[], { out, json }: Flags, io: Io): Promise<AskedCrawl[]> {
  const folder = readLake(out);
  const { glue: declared } = folder;
  if (!declared?.some(({ type }) => type === "aws:iam/role:Role"))
    throw new UserError(`${out} is of an older version; run ${commandFor(out, "npm start")} once more.`);
  return holdFolder(out, async () => {
    const crawlersHere = crawlersIn(declared, out, realClock, new Access(declared));
    const server = await serveJson(crawlersHere.operations());
    try {
      const endpoint = `http://${server.address}`;
      const client = new glue.GlueClient({ endpoint, region: "local", credentials: administratorKey });
      const same = names.map((name): [CrawlerName, string] => [name, name]);
      return await ask(client, same, 20, io.progress(json));
    } finally {
      await server.close();
    }
  });
}

async function crawlIn(stack: string, names: CrawlerName[], json: boolean, io: Io): Promise<AskedCrawl[]> {
  const deployed = (await stackOutputs(stack, io)).crawlerNames;
  const physical = names.map((name): [CrawlerName, string] => {
    if (!deployed?.[name]) throw notDeployed(stack, `crawler ${name}`);
    return [name, deployed[name]];
  });
  const client = new glue.GlueClient({ region: await stackRegion(stack, io) });
  return ask(client, physical, 5000, io.progress(json));
}

function sentence(crawl: AskedCrawl): string {
  const { crawler, seconds, dpu_hours: dpuHours } = crawl;
  const cost = dpuHours ? `, ${dpuHours} DPU-hours, about $${(dpuHours * prices.crawls.usd).toFixed(2)}` : "";
  return `${crawler}: ${changesOf(crawl)} (${seconds.toFixed(1)} s${cost})`;
}

/** Returns what a crawl changed, for people. */
export function changesOf(crawl: AskedCrawl): string {
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

/** Runs `crawl`. */
export const runCrawl: RunCommand = async (command, io) => {
  hideNodeWarning();
  const flags = command.opts<Flags>();
  const [word] = command.args;
  const names = crawlers.filter((name) => word === undefined || name === word);
  if (names.length === 0)
    throw new UserError(
      `There is no crawler ${word}${didYouMean(word!, [...crawlers])} There are ${crawlers.join(" and ")}.`,
    );
  const { stack, json } = flags;
  const done =
    stack === undefined ? await crawlHere(names, flags, io) : await crawlIn(stack, names, json, io);
  io.print(json ? JSON.stringify({ crawls: done }) : done.map(sentence).join("\n"));
  return 0;
};
