import type { Crawler, GlueClient } from "@aws-sdk/client-glue";
import { UserError } from "../../errors";

/** The result of a crawl that was started here. */
export interface AskedCrawl {
  crawler: string;
  seconds: number;
  /** What it added and changed; null if Glue does not say. */
  tables_added: number | null;
  tables_updated: number | null;
  partitions_added: number | null;
  partitions_updated: number | null;
  /** What is billed; null if Glue does not say. */
  dpu_hours: number | null;
}

/** How to wait for a crawl. */
interface Waiting {
  sleep: (ms: number) => Promise<void>;
  /** Time between two polls, in ms. */
  pollMs: number;
  /** Takes the crawler's state at each poll. */
  onState: (state: string) => void;
}

/** Crawls of this project take minutes; after this long something is wrong. */
const longestWaitMs = 60 * 60_000;

/**
 * Starts a crawler on AWS, waits for its end and returns what it did. Throws a `UserError` if there is no such crawler, or
 * if it is already running, may not be started, fails, or has not ended within an hour. `sdk` is the module
 * `@aws-sdk/client-glue`.
 */
export async function askCrawler(
  sdk: typeof import("@aws-sdk/client-glue"),
  client: GlueClient,
  name: string,
  { sleep, pollMs, onState }: Waiting,
): Promise<AskedCrawl> {
  const poll = async () => (await client.send(new sdk.GetCrawlerCommand({ Name: name }))).Crawler!;
  try {
    const before = lastOf(await poll());
    await client.send(new sdk.StartCrawlerCommand({ Name: name }));
    let crawler = await poll();
    // Right after the start Glue may still show the previous crawl.
    for (let waited = 0; crawler.State !== "READY" || lastOf(crawler) === before; waited += pollMs) {
      if (waited >= longestWaitMs) throw notEnded(name, crawler);
      onState(String(crawler.State));
      await sleep(pollMs);
      crawler = await poll();
    }
    requireSuccess(name, crawler);
  } catch (error) {
    throw error instanceof UserError ? error : sentence(name, error as Error);
  }
  return resultOf(sdk, client, name);
}

function notEnded(name: string, { State }: Crawler): UserError {
  return new UserError(
    `Crawler ${name} has not ended within an hour (its state is ${State}); look at it in the Glue console, or stop it with aws glue stop-crawler --name ${name}.`,
  );
}

/** Returns a text that differs between crawls. */
function lastOf({ LastCrawl }: Crawler): string {
  return `${LastCrawl?.MessagePrefix} ${LastCrawl?.StartTime?.getTime()}`;
}

function requireSuccess(name: string, { LastCrawl }: Crawler): void {
  const { Status, ErrorMessage, LogGroup, LogStream } = LastCrawl!;
  if (Status === "SUCCEEDED") return;
  const log = LogGroup ? ` Its log is ${LogGroup}, stream ${LogStream}.` : "";
  throw new UserError(
    `Crawler ${name} ${Status?.toLowerCase()}: ${ErrorMessage ?? "Glue gives no reason"}${log}`,
  );
}

function sentence(name: string, error: Error): UserError {
  if (error.name === "CrawlerRunningException")
    return new UserError(`Crawler ${name} is running already; wait until it has ended.`);
  if (error.name === "EntityNotFoundException")
    return new UserError(`There is no crawler ${name}; bring the stack up to date with pulumi up.`);
  if (error.name === "AccessDeniedException")
    return new UserError(
      `You may not run crawler ${name}: glue:StartCrawler and glue:GetCrawler are needed (${error.message}).`,
    );
  return new UserError(`Crawler ${name} could not be run: ${error.message}`, { cause: error });
}

/** Returns what Glue's history says of the latest crawl. It is only shown, so errors are ignored. */
async function resultOf(
  sdk: typeof import("@aws-sdk/client-glue"),
  client: GlueClient,
  name: string,
): Promise<AskedCrawl> {
  const request = new sdk.ListCrawlsCommand({ CrawlerName: name, MaxResults: 1 });
  const latest = (await client.send(request).catch(() => undefined))?.Crawls?.[0];
  const summary = parsed(latest?.Summary);
  const count = (thing: string, change: string) => {
    const { Count } = parsed(parsed(summary[thing])[change]);
    return latest?.Summary === undefined ? null : Number(Count ?? 0);
  };
  const { StartTime: start, EndTime: end, DPUHour } = latest ?? {};
  return {
    crawler: name,
    seconds: start && end ? (end.getTime() - start.getTime()) / 1000 : 0,
    tables_added: count("TABLE", "ADD"),
    tables_updated: count("TABLE", "UPDATE"),
    partitions_added: count("PARTITION", "ADD"),
    partitions_updated: count("PARTITION", "UPDATE"),
    dpu_hours: DPUHour ?? null,
  };
}

/** Reads an object of Glue's summary: it is JSON in a string. */
function parsed(value: unknown): Record<string, unknown> {
  try {
    return (typeof value === "string" ? JSON.parse(value) : (value ?? {})) as Record<string, unknown>;
  } catch {
    return {};
  }
}
