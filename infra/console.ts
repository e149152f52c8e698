import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Links into the AWS console, for stack outputs. */
export function consoleLinks(parts: {
  rawBucket: pulumi.Output<string>;
  lakeBucket: pulumi.Output<string>;
  database: pulumi.Output<string>;
  extract: pulumi.Output<string>;
  transform: pulumi.Output<string>;
  dashboard: pulumi.Output<string>;
}) {
  const { region } = aws.getRegionOutput();
  const console = pulumi.interpolate`https://${region}.console.aws.amazon.com`;
  return {
    rawBucket: pulumi.interpolate`${console}/s3/buckets/${parts.rawBucket}`,
    lakeBucket: pulumi.interpolate`${console}/s3/buckets/${parts.lakeBucket}`,
    tables: pulumi.interpolate`${console}/glue/home?region=${region}#/v2/data-catalog/databases/view/${parts.database}`,
    queries: pulumi.interpolate`${console}/athena/home?region=${region}#/query-editor/saved-queries`,
    extract: pulumi.interpolate`${console}/lambda/home?region=${region}#/functions/${parts.extract}`,
    transform: pulumi.interpolate`${console}/lambda/home?region=${region}#/functions/${parts.transform}`,
    dashboard: pulumi.interpolate`${console}/cloudwatch/home?region=${region}#dashboards/dashboard/${parts.dashboard}`,
  };
}
