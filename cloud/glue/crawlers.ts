import { randomUUID } from "node:crypto";
import type { GetCrawlerRequest, ListCrawlsRequest, StartCrawlerRequest } from "@aws-sdk/client-glue";
import type { Changes, CrawlPlace } from "./crawler/crawl";
import { rightsOf } from "./crawler/rights";
import { crawlersOf, type CrawlerSpec } from "./crawler/spec";
import type { Access } from "../iam/access";
import type { Clock, Resource } from "../types";
import { AwsError, type Operations } from "../aws/json";
import { PartitionFiles } from "./partitions";
import { TableFiles, tablesOf } from "./tables";

/** A crawl that has ended. */
export interface Crawl {
  id: string;
  /** Logical name. */
  crawler: string;
  /** ms since 1970. */
  startedAt: number;
  endedAt: number;
  changes: Changes;
  /** Why it failed. */
  error?: string;
}

/** The crawlers of a program, and the crawls that they made. */
export class Crawlers {
  /** Crawls that have ended, oldest first. */
  readonly history: Crawl[] = [];
  private readonly running = new Map<string, number>();

  constructor(
    private readonly specs: CrawlerSpec[],
    private readonly place: CrawlPlace,
    private readonly access: Access | undefined,
  ) {}

  /** Starts a crawler, given by its physical or logical name. Throws an {@link AwsError} if it cannot. Resolves when it ends. */
  start(name: string): Promise<Crawl> {
    const spec = this.named(name);
    if (this.running.has(spec.name))
      throw new AwsError("CrawlerRunningException", `Crawler with name ${spec.name} has already started`);
    const startedAt = this.place.clock.now();
    this.running.set(spec.name, startedAt);
    return this.run(spec, startedAt).finally(() => this.running.delete(spec.name));
  }

  private async run(spec: CrawlerSpec, startedAt: number): Promise<Crawl> {
    const changes = { tablesAdded: 0, tablesUpdated: 0, partitionsAdded: 0, partitionsUpdated: 0 };
    const ended: Crawl = { id: randomUUID(), crawler: spec.logicalName, startedAt, endedAt: 0, changes };
    const rights = rightsOf(spec.declared, this.access);
    // Loads DuckDB and Glue's client, and few commands crawl.
    const { crawl } = require("./crawler/crawl") as typeof import("./crawler/crawl");
    await crawl(spec, this.place, rights, changes).catch((error: Error) => (ended.error = error.message));
    ended.endedAt = this.place.clock.now();
    this.history.push(ended);
    return ended;
  }

  /** Glue's calls about crawlers: https://docs.aws.amazon.com/glue/latest/webapi/API_StartCrawler.html */
  operations(): Operations {
    return {
      "AWSGlue.StartCrawler": ({ Name }: StartCrawlerRequest) => {
        void this.start(Name!);
        return {};
      },
      "AWSGlue.GetCrawler": ({ Name }: GetCrawlerRequest) => {
        const spec = this.named(Name!);
        const last = this.crawlsOf(spec).at(-1);
        return {
          Crawler: {
            Name: spec.name,
            DatabaseName: spec.database,
            State: this.running.has(spec.name) ? "RUNNING" : "READY",
            LastCrawl: last && {
              Status: last.error === undefined ? "SUCCEEDED" : "FAILED",
              ErrorMessage: last.error,
              StartTime: last.startedAt / 1000,
              MessagePrefix: last.id,
            },
          },
        };
      },
      "AWSGlue.ListCrawls": ({ CrawlerName, MaxResults }: ListCrawlsRequest) => ({
        Crawls: this.crawlsOf(this.named(CrawlerName!))
          .reverse()
          .slice(0, MaxResults ?? 20)
          .map(({ id, startedAt, endedAt, changes, error }) => ({
            CrawlId: id,
            State: error === undefined ? "COMPLETED" : "FAILED",
            StartTime: startedAt / 1000,
            EndTime: endedAt / 1000,
            Summary: summaryOf(changes),
            ErrorMessage: error,
            DPUHour: 0,
          })),
      }),
    };
  }

  private named(name: string): CrawlerSpec {
    const found = this.specs.find((spec) => spec.name === name || spec.logicalName === name);
    if (!found) throw new AwsError("EntityNotFoundException", `Crawler with name ${name} does not exist`);
    return found;
  }

  private crawlsOf({ logicalName }: CrawlerSpec): Crawl[] {
    return this.history.filter(({ crawler }) => crawler === logicalName);
  }
}

/**
 * Returns the crawlers among resources, which work on the catalog in a cloud's folder. `access` checks what their roles
 * allow; without it they may do everything.
 */
export function crawlersIn(resources: Resource[], dir: string, clock: Clock, access?: Access): Crawlers {
  const [partitions, crawled] = [new PartitionFiles(dir), new TableFiles(dir)];
  const place = { ...{ dir, clock, partitions, crawled }, declared: tablesOf(resources) };
  return new Crawlers(crawlersOf(resources), place, access);
}

/** Returns the changes in Glue's form: JSON by kind of thing and of change. */
function summaryOf({ tablesAdded, tablesUpdated, partitionsAdded, partitionsUpdated }: Changes): string {
  return JSON.stringify({
    TABLE: { ADD: { Count: tablesAdded }, UPDATE: { Count: tablesUpdated } },
    PARTITION: { ADD: { Count: partitionsAdded }, UPDATE: { Count: partitionsUpdated } },
  });
}
