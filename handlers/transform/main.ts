/** What the Lambda function transform loads: the work of transform.ts over the real services. */
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { GlueClient } from "@aws-sdk/client-glue";
import { S3Client } from "@aws-sdk/client-s3";
import { clientOptions, s3ClientOptions } from "../shared/clients";
import { printLine } from "../shared/log";
import { keptObjects } from "../raw/keptObjects";
import { s3Store } from "../shared/s3Store";
import { nameSourcesIn } from "../shared/sourceFrames";
import { glueCatalog } from "./glueCatalog";
import { isSealEvent, seal, type SealDeps, type SealResult } from "./seal";
import type { SealEvent } from "./sealedMonths";
import { transform, type S3Event, type StreamDayResult, type TransformSettings } from "./transform";

nameSourcesIn(__filename);

// A build lasts seconds, and V8's optimising compiler takes much of its CPU: with smaller functions put into one another
// it has less to compile, and less to compile again.
setFlagsFromString("--max-inlined-bytecode-size=100");
setFlagsFromString("--max-inlined-bytecode-size-cumulative=300");

/** The settings of the function. */
export interface TransformConfig extends TransformSettings {
  rawBucket: string;
  /** Name of the Glue database. */
  database: string;
}

/** Returns the handler. */
export function transformHandler({ rawBucket, database, ...settings }: TransformConfig) {
  const client = new S3Client(s3ClientOptions);
  const raw = keptObjects(s3Store(client, rawBucket));
  const deps: Omit<SealDeps, "remainingMs"> = {
    raw,
    lake: s3Store(client, settings.lakeBucket),
    catalog: glueCatalog(new GlueClient(clientOptions), database),
    markers: new Map(),
    now: () => Date.now(),
    sleep: async (ms) => void (await sleep(ms)),
    random: () => Math.random(),
    log: printLine,
  };
  return async (
    event: S3Event | SealEvent,
    context: { getRemainingTimeInMillis(): number },
  ): Promise<StreamDayResult[] | SealResult> => {
    try {
      return isSealEvent(event)
        ? await seal({ ...deps, remainingMs: () => context.getRemainingTimeInMillis() }, settings)
        : await transform(deps, settings, event);
    } catch (error) {
      raw.drop();
      throw error;
    }
  };
}
