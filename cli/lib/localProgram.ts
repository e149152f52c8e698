import * as path from "node:path";
import { UserError } from "../../cloud/errors";
import { liveTables, type Manifest } from "../../cloud/lake/manifest";
import { evaluateCached } from "../../cloud/pulumi/cache";
import type { Program } from "../../cloud/types";
import { readSetting, settingRules, signInKey } from "../../infra/settingRules";
import { checkSettings } from "../../infra/settingsCheck";
import { simulatedCredentials } from "../../simulator/accounts";
import { projectDir } from "./command";

const project = "spotify-data-pipeline";

/** An app and, where a listener has signed in, their consent; `authorizedAt` is ISO 8601 UTC, if it is known. */
export interface Credentials {
  clientId: string;
  clientSecret: string;
  refreshToken: string;
  authorizedAt?: string;
}

/** What the program of a local cloud is evaluated with. */
interface ProgramOptions {
  settings: Record<string, string>;
  /** Undefined for a simulated listener. */
  credentials: Credentials | undefined;
  /** Folder of the local cloud. */
  out: string;
}

/** Settings of the local stack, where a folder does not say otherwise. */
export const localDefaults = {
  keepData: "false",
  // Hourly plays would be most of the work of a simulated day.
  playsSchedule: "rate(3 hours)",
  // The settings of a folder name it; with the default, the same program is evaluated once.
  tableFormat: settingRules.tableFormat.fallback,
};

/** Evaluates the program. A simulated listener signs in at `now`, ms UTC; `before` is what is already deployed there. */
export async function evaluateProgram(
  { settings, credentials, out }: ProgramOptions,
  now: number,
  before?: Manifest,
): Promise<Program> {
  const simulated = { ...simulatedCredentials, authorizedAt: new Date(now).toISOString() };
  const { clientId, clientSecret, refreshToken, authorizedAt }: Credentials = credentials ?? simulated;
  const secrets = {
    spotifyClientId: clientId,
    spotifyClientSecret: clientSecret,
    [signInKey(firstListener(settings))]: authorizedAt
      ? JSON.stringify({ refreshToken, authorizedAt })
      : refreshToken,
  };
  const config = { ...localDefaults, ...settings, ...secrets };
  const { wrong } = checkSettings(config, (key) => `${project}:${key}`);
  if (wrong.length > 0) throw new UserError(wrong.join("\n"));
  return evaluateCached({
    projectDir,
    project,
    stack: "local",
    config,
    secretKeys: Object.keys(secrets),
    outDir: path.resolve(out, "functions"),
    liveTables: before && liveTables(before),
  });
}

/** The listener whose sign-in a machine has. The program refuses a wrong setting, together with other wrong ones. */
function firstListener({ listeners }: Record<string, string>): string {
  try {
    return readSetting("listeners", listeners)![0]!;
  } catch {
    return readSetting("listeners")![0]!;
  }
}
