import { ofType, refuse } from "../../events/triggers";
import type { Resource } from "../../types";

/** A crawler that a program declares. */
export interface CrawlerSpec {
  /** The crawler itself. */
  declared: Resource;
  /** Physical name. */
  name: string;
  /** Logical name. */
  logicalName: string;
  /** The database for the tables that it makes. */
  database: string;
  /** EventBridge expression; undefined if it runs only when asked to. */
  schedule: string | undefined;
  catalogTargets: { databaseName: string; tables: string[] }[];
  /** `sampleSize`: how many files of a folder are read; undefined for all. */
  s3Targets: { path: string; sampleSize?: number }[];
  /** Whether a changed table is updated in the catalog. */
  updatesTables: boolean;
  /** Whether partitions, also known ones, get their table's descriptor. */
  inheritsFromTable: boolean;
  /** Level of the tables' folders (the bucket is 1); undefined if the crawler is to find out. */
  tableLevel: number | undefined;
}

/** The part of a crawler's configuration that is used here: https://docs.aws.amazon.com/glue/latest/dg/crawler-configuration.html */
interface Configuration {
  CrawlerOutput?: { Partitions?: { AddOrUpdateBehavior?: string } };
  Grouping?: { TableLevelConfiguration?: number };
}

const otherTargets = [
  ...["deltaTargets", "dynamodbTargets", "hudiTargets", "icebergTargets", "jdbcTargets", "mongodbTargets"],
  ...["classifiers", "tablePrefix", "recrawlPolicy"],
];

/** Returns the crawlers of a program. Throws a `UserError` for one with a feature that the embedded cloud lacks. */
export function crawlersOf(resources: Resource[]): CrawlerSpec[] {
  return ofType(resources, "aws:glue/crawler:Crawler").map((declared) => {
    const { name, inputs, outputs } = declared;
    refuse(name, inputs, otherTargets);
    const configuration = JSON.parse(String(inputs.configuration ?? "{}")) as Configuration;
    const policy = inputs.schemaChangePolicy as { updateBehavior?: string } | undefined;
    const s3Targets = (inputs.s3Targets ?? []) as CrawlerSpec["s3Targets"];
    for (const target of s3Targets) refuse(name, { ...target }, ["exclusions", "eventQueueArn"]);
    return {
      declared,
      name: String(outputs.name),
      logicalName: name,
      database: String(inputs.databaseName),
      schedule: inputs.schedule === undefined ? undefined : String(inputs.schedule),
      catalogTargets: (inputs.catalogTargets ?? []) as CrawlerSpec["catalogTargets"],
      s3Targets,
      updatesTables: policy?.updateBehavior !== "LOG",
      inheritsFromTable: configuration.CrawlerOutput?.Partitions?.AddOrUpdateBehavior === "InheritFromTable",
      tableLevel: configuration.Grouping?.TableLevelConfiguration,
    };
  });
}
