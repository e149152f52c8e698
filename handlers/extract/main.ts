/** The module that the Lambda function extract loads: extract.ts with the real services. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { SSMClient } from "@aws-sdk/client-ssm";
import { clientOptions, s3ClientOptions } from "../shared/clients";
import { printLine } from "../shared/log";
import { s3Store } from "../shared/s3Store";
import { nameSourcesIn } from "../shared/sourceFrames";
import {
  extract,
  type ExtractDeps,
  type ExtractEvent,
  type ExtractSettings,
  type RunSummary,
} from "./extract";
import { ssmSecrets } from "./secrets";

nameSourcesIn(__filename);

/** The settings of the function. */
export interface ExtractConfig extends Omit<ExtractSettings, "apiUrl" | "accountsUrl"> {
  rawBucket: string;
  /** Where SSM keeps the secrets; see {@link ssmSecrets}. */
  secretPrefix: string;
}

/** Returns the handler. `SPOTIFY_API_URL` and `SPOTIFY_ACCOUNTS_URL` may point to another Spotify. */
export function extractHandler({ rawBucket, secretPrefix, ...settings }: ExtractConfig) {
  const ssm = new SSMClient(clientOptions);
  const deps: ExtractDeps = {
    store: s3Store(new S3Client(s3ClientOptions), rawBucket),
    secrets: () => ssmSecrets(ssm, secretPrefix, settings.listeners),
    fetch: globalThis.fetch,
    now: () => Date.now(),
    sleep: async (ms) => void (await sleep(ms)),
    random: () => randomBytes(8).toString("hex"),
    log: printLine,
  };
  const apiUrl = process.env.SPOTIFY_API_URL ?? "https://api.spotify.com";
  const accountsUrl = process.env.SPOTIFY_ACCOUNTS_URL ?? "https://accounts.spotify.com";
  return (event: ExtractEvent, context: Parameters<typeof extract>[3]): Promise<RunSummary> =>
    extract(deps, { ...settings, apiUrl, accountsUrl }, event, context);
}
