import * as path from "node:path";
import { evaluateProgram } from "../../cli/lib/localProgram";
import { startCloud } from "../../cli/lib/run";
import { serveJson, type Operations } from "../../cloud/aws/json";
import { SimulatedClock } from "../../cloud/clock";
import type { Cloud } from "../../cloud/cloud";
import { administratorKey } from "../../cloud/iam/access";
import { manifestOf } from "../../cloud/lake/manifest";
import type { Program } from "../../cloud/types";
import { simulatedCredentials } from "../../simulator/accounts";
import { SpotifySimulator } from "../../simulator/server";
import { alarmOperations } from "./alarms";
import { athenaOperations, namedQueriesOf, workgroupsOf } from "./athena/athena";
import { serveInvoke } from "./lambdaServer";

/** The program in the embedded cloud, reached as a deployed stack is. */
export interface DeployedCloud {
  cloud: Cloud;
  program: Program;
  /** What `pulumi stack output` shows; its queues are those of the embedded cloud. */
  outputs: Record<string, unknown>;
  /** Variables with which the SDK finds the cloud. */
  env: Record<string, string>;
  /** Athena and CloudWatch; what is put in their place answers from then on. */
  operations: Operations;
  /** Logical names of the alarms that go off. */
  ringing: Set<string>;
  close(): Promise<void>;
}

/** Deploys the program to the embedded cloud in `dir`, with a simulated listener whose time is an hour ago. */
export async function deployCloud(dir: string, settings: Record<string, string>): Promise<DeployedCloud> {
  const clock = new SimulatedClock(Date.now() - 3_600_000);
  const now = clock.now();
  const program = await evaluateProgram({ settings, credentials: undefined, out: dir }, now);
  const { resources, outputs } = program;
  const onRequest = () => clock.passCall();
  const simulator = new SpotifySimulator({
    ...{ seed: 7, start: now, clock, onRequest, authorizedAt: now, mode: "development" },
    ...simulatedCredentials,
  });
  const url = await simulator.start();
  const environment = { SPOTIFY_API_URL: url, SPOTIFY_ACCOUNTS_URL: url };
  const cloud = await startCloud({ program, out: path.resolve(dir), clock, environment });
  const [workgroups, namedQueries] = [workgroupsOf(resources), namedQueriesOf(resources)];
  const athena = { workgroups, namedQueries, manifest: manifestOf(program), dir, clock };
  const ringing = new Set<string>();
  const operations = { ...athenaOperations(athena), ...alarmOperations(resources, ringing) };
  const services = await serveJson(operations);
  const lambda = await serveInvoke(cloud);
  const { sqs, glue, s3 } = cloud.endpoints;
  const here = (queueUrl: string) => `${sqs}/${queueUrl.split("/").pop()}`;
  const queues = Object.entries(outputs.failureQueueUrls as Record<string, string>);
  return {
    ...{ cloud, program, operations, ringing },
    outputs: { ...outputs, failureQueueUrls: Object.fromEntries(queues.map(([of, at]) => [of, here(at)])) },
    env: {
      AWS_ACCESS_KEY_ID: administratorKey.accessKeyId,
      AWS_SECRET_ACCESS_KEY: administratorKey.secretAccessKey,
      ...{ AWS_ENDPOINT_URL_SQS: sqs, AWS_ENDPOINT_URL_GLUE: glue, AWS_ENDPOINT_URL_S3: s3 },
      AWS_ENDPOINT_URL_ATHENA: `http://${services.address}`,
      AWS_ENDPOINT_URL_CLOUDWATCH: `http://${services.address}`,
      AWS_ENDPOINT_URL_LAMBDA: `http://${lambda.address}`,
    },
    close: async () => {
      await Promise.all([lambda.close(), services.close()]);
      // It rejects if a failure could not be kept.
      await cloud.stop().finally(() => simulator.close());
    },
  };
}
