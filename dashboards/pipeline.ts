import * as pulumi from "@pulumi/pulumi";

/** What the dashboard needs of a pipeline's stack. */
export interface Pipeline {
  lakeBucketName: pulumi.Output<string>;
  resultsBucketName: pulumi.Output<string>;
  databaseName: pulumi.Output<string>;
}

/** Returns the outputs of the pipeline's stack. */
export function readPipeline(name: string): Pipeline {
  const stack = new pulumi.StackReference(name);
  const databaseNames = stack.requireOutput("databaseNames") as pulumi.Output<{ lake: string }>;
  return {
    lakeBucketName: stack.requireOutput("lakeBucketName") as pulumi.Output<string>,
    resultsBucketName: stack.requireOutput("resultsBucketName") as pulumi.Output<string>,
    databaseName: databaseNames.lake,
  };
}
