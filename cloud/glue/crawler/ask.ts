import type { Crawler, GlueClient } from "@aws-sdk/client-glue";
import { UserError } from "../../errors";

/** What a crawl that somebody asked for came to. */
export interface AskedCrawl {
  crawler: string;
  seconds: number;
  /** What it added and changed; null where Glue does not tell. */
  tables_added: number | null;
  tables_updated: number | null;
  partitions_added: number | null;
  partitions_updated: number | null;
  /** What it is billed by; null where Glue does not tell. */
  dpu_hours: number | null;
}

/** How a crawl is waited for. */
interface Waiting {
  sleep: (ms: number) => Promise<void>;
  /** Time between two looks, in ms. */
  lookMs: number;
  /** Takes the crawler's state at each look. */
  told: (state: string) => void;
}

/** Crawls of this project take minutes; after this long something is wrong. */
const longestWaitMs = 60 * 60_000;

/**
 * Starts a crawler of Glue's, waits until it has ended and tells what it did. Throws a `UserError` if it is not there,
 * is running already, may not be started, fails, or has not ended within an hour. `sdk` is the module `@aws-sdk/client-glue`.
 */
export async function askCrawler(
  sdk: typeof import("@aws-sdk/client-glue"),
  client: GlueClient,
  name: string,
  { sleep, lookMs, told }: Waiting,
): Promise<AskedCrawl> {
  const look = async () => (await client.send(new sdk.GetCrawlerCommand({ Name: name }))).Crawler!;
  try {
    const before = lastOf(await look());
    await client.send(new sdk.StartCrawlerCommand({ Name: name }));
    let crawler = await look();
    // Right after the start Glue may still tell of the crawl before.
    for (let waited = 0; crawler.State !== "READY" || lastOf(crawler) === before; waited += lookMs) {
      if (waited >= longestWaitMs) throw notEnded(name, crawler);
      told(String(crawler.State));
      await sleep(lookMs);
      crawler = await look();
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

/** Tells one crawl from the next. */
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
  return new UserError(`Crawler ${name} could not be run: ${error.message}`);
}

/** What Glue's history says of the latest crawl; nothing of it is needed, so no error counts. */
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

/** Objects within Glue's summary are texts of JSON themselves. */
function parsed(value: unknown): Record<string, unknown> {
  try {
    return (typeof value === "string" ? JSON.parse(value) : (value ?? {})) as Record<string, unknown>;
  } catch {
    return {};
  }
}
