/** The sealed files of a stream in a month: the rows of its first days, one after the other. */
import { parseRawKey } from "../raw/format";
import { rawReader } from "../raw/reader";
import { buildRows } from "./build";
import { tableWriter, type TableWriter } from "./files/encode";
import { dateOf, monthTargets, type StreamMonth, type Target, type TargetSettings } from "./targets";
import { update, type BuiltUnit, type StaleTarget, type Update, type UpdateDeps } from "./update";

/** Returns the prefix of a stream-month's raw objects. */
export function rawMonthPrefix({ listener, slug, month }: StreamMonth): string {
  return `raw/${listener}/${slug}/snapshot_date=${month}-`;
}

/**
 * Updates the files of a stream-month with the rows of the days up to `through`, one day in memory at a time. Calls
 * `afterList` before it writes. Throws as {@link update} does.
 */
export async function updateMonth(
  deps: UpdateDeps,
  settings: TargetSettings,
  streamMonth: StreamMonth,
  through: number,
  afterList?: () => Promise<void>,
): Promise<Update<BuiltUnit>> {
  const targets = monthTargets(streamMonth, settings.format, through);
  return update(deps, settings, {
    rawPrefix: rawMonthPrefix(streamMonth),
    includes: ({ day }) => dateOf(day) <= through,
    targets,
    afterList,
    build: (keys, stale) => buildMonth(deps, settings, targets, keys, stale),
  });
}

async function buildMonth(
  { raw }: UpdateDeps,
  { format, qualityRules }: TargetSettings,
  targets: Target[],
  keys: string[],
  stale: StaleTarget[],
): Promise<BuiltUnit> {
  const counts = new Map(targets.map(({ key }) => [key, 0]));
  const writers = new Map<string, TableWriter>();
  for (const { key, table, digest } of stale) writers.set(key, tableWriter(table, format, digest));
  for (const ofDay of byDay(keys)) {
    const { rows } = await buildRows(parseRawKey(ofDay[0]!)!, ofDay, rawReader(raw), qualityRules);
    for (const { key, table } of targets) {
      const made = rows[table.name]!;
      counts.set(key, counts.get(key)! + made.length);
      await writers.get(key)?.add(made);
    }
  }
  return {
    rowsOf: ({ key }) => counts.get(key)!,
    bytesOf: ({ key }) => writers.get(key)!.finish(),
  };
}

/** Returns sorted raw keys by their day, oldest first. */
function byDay(keys: string[]): string[][] {
  const days = new Map<string, string[]>();
  for (const key of keys) {
    const { day } = parseRawKey(key)!;
    const known = days.get(day);
    if (known) known.push(key);
    else days.set(day, [key]);
  }
  return [...days.values()];
}
