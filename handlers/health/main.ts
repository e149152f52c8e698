/** What the Lambda function health loads: the work of health.ts over the real services. */
import { S3Client } from "@aws-sdk/client-s3";
import { s3ClientOptions } from "../shared/clients";
import { printLine } from "../shared/log";
import { s3Store } from "../shared/s3Store";
import { nameSourcesIn } from "../shared/sourceFrames";
import { health, type HealthSettings } from "./health";

nameSourcesIn(__filename);

/** The settings of the function. */
export interface HealthConfig extends HealthSettings {
  rawBucket: string;
}

/** Returns the handler. */
export function healthHandler({ rawBucket, ...settings }: HealthConfig) {
  const store = s3Store(new S3Client(s3ClientOptions), rawBucket);
  return (): Promise<Record<string, number>> =>
    health({ store, now: () => Date.now(), log: printLine }, settings);
}
