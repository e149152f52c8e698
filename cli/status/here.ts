import { s3Store } from "../../handlers/shared/s3Store";
import { readSetting } from "../../infra/settingRules";
import { realClock } from "../../cloud/clock";
import { readPartitions } from "../../cloud/glue/partitions";
import { Lake } from "../../cloud/lake/lake";
import { readLake, settingsIn } from "../../cloud/localState";
import { withLocalS3 } from "../lib/localClients";
import { localDefaults } from "../lib/localProgram";
import { folderQueries, statementFor } from "../query/named";
import { failuresIn } from "./failures";
import type { StatusPlace } from "./status";

/** Gives `use` the lake in the folder `out`. Throws a `UserError` if there is none. */
export async function statusHere<T>(out: string, use: (place: StatusPlace) => Promise<T>): Promise<T> {
  const folder = readLake(out);
  const { manifest, source, now } = folder;
  const settings: Record<string, string | undefined> = { ...localDefaults, ...settingsIn(folder) };
  const named = folderQueries(folder);
  const lake = await Lake.open(manifest, out);
  try {
    return await withLocalS3(out, (client) =>
      use({
        now: source === "simulated" ? now : realClock.now(),
        rules: rulesOf(settings),
        callBudget: readSetting("callBudget", settings.callBudget)!,
        raw: s3Store(client, manifest.rawBucket),
        lake: s3Store(client, manifest.lakeBucket),
        ask: (query) => lake.query(statementFor(query, {}, named)),
        failures: async () => failuresIn(out),
        countPartitions: async () => readPartitions(out, manifest.database).length,
      }),
    );
  } finally {
    lake.close();
  }
}

/** Returns when a stack with these settings reads. */
export function rulesOf(settings: Record<string, string | undefined>): StatusPlace["rules"] {
  return {
    everything: readSetting("schedule", settings.schedule)!,
    plays: readSetting("playsSchedule", settings.playsSchedule),
  };
}
