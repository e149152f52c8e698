import * as awsNative from "@pulumi/aws-native";
import * as pulumi from "@pulumi/pulumi";
import { readPipeline } from "../outputs";
import { columnsOf } from "./dataSets";
import { athenaSource } from "./dataSource";
import { definition } from "./definition/definition";
import { ownedBy, viewedBy } from "./permissions";
import { readSettings } from "./settings";
import { sourceNames, sqlOf, type SourceName } from "./sources";

// QuickSight over a pipeline's lake: how it queries, what it reads, what it shows. docs/quicksight.md says what must be
// there first.
const { pipeline: pipelineName, owners, viewers, importMode, refreshAt } = readSettings();
const pipeline = readPipeline(pipelineName);
const prefix = `${pulumi.getProject()}-${pulumi.getStack()}`.toLowerCase();
const awsAccountId = awsNative.getAccountIdOutput().accountId;

// How it queries: Athena, in a workgroup and with a role of its own.
const lake = athenaSource(prefix, pipeline, owners);

// What it reads: a data set for each view, imported into SPICE once a day or asked directly.
const dataSets = sourceNames.map((source) => [source, dataSet(source)] as const);
const arns = new Map(dataSets.map(([source, { arn }]) => [source, arn]));

// What it shows.
const dashboardName = prefix;
const dashboard = new awsNative.quicksight.Dashboard("spotify", {
  awsAccountId,
  dashboardId: dashboardName,
  name: `Spotify (${pulumi.getStack()})`,
  definition: definition((source) => arns.get(source)!, pipeline.callBudget),
  // A definition with any mistake is refused as a whole.
  validationStrategy: { mode: "STRICT" },
  permissions: [...ownedBy(owners, "dashboard"), ...viewedBy(viewers, owners)],
});

function dataSet(source: SourceName): awsNative.quicksight.DataSet {
  const dataSetId = `${prefix}-${source}`;
  const made = new awsNative.quicksight.DataSet(source, {
    awsAccountId,
    dataSetId,
    name: dataSetId,
    importMode,
    physicalTableMap: {
      [source.replaceAll("_", "-")]: {
        customSql: {
          dataSourceArn: lake.arn,
          name: source,
          sqlQuery: pipeline.databaseNames.lake.apply((database) => sqlOf(source, database)),
          columns: columnsOf(source).map(({ name, type }) => ({ name, type })),
        },
      },
    },
    permissions: ownedBy(owners, "dataSet"),
  });
  if (importMode === "SPICE")
    new awsNative.quicksight.RefreshSchedule(
      source,
      {
        awsAccountId,
        dataSetId,
        schedule: {
          scheduleId: "daily",
          refreshType: "FULL_REFRESH",
          scheduleFrequency: { interval: "DAILY", timeOfTheDay: refreshAt, timeZone: "UTC" },
        },
      },
      { dependsOn: made },
    );
  return made;
}

export const dashboardId = dashboard.dashboardId;
export const dashboardUrl = awsNative
  .getRegionOutput()
  .region.apply((region) => `https://${region}.quicksight.aws.amazon.com/sn/dashboards/${dashboardName}`);
export const dataSetIds = Object.fromEntries(dataSets.map(([source, { dataSetId }]) => [source, dataSetId]));
