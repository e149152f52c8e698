/** The files of a stream-day. */
import { rawPrefix, type StreamDay } from "../raw/format";
import { rawReader } from "../raw/reader";
import { buildRows, type Built } from "./build";
import { encodeTable } from "./files/encode";
import { gzipNamed } from "./files/gzip";
import type { Target, TargetSettings } from "./targets";
import { update, type BuiltUnit, type StaleTarget, type Update, type UpdateDeps } from "./update";

/** Updates files of a stream-day. Calls `afterList` before it writes. Throws as {@link update} does. */
export async function updateDay(
  deps: UpdateDeps,
  settings: TargetSettings,
  streamDay: StreamDay,
  targets: Target[],
  afterList?: () => Promise<void>,
): Promise<Update<BuiltUnit & Built>> {
  const build = async (keys: string[]) => {
    const built = await buildRows(streamDay, keys, rawReader(deps.raw), settings.qualityRules);
    return { ...built, ...filesOf(built, settings) };
  };
  return update(deps, settings, { rawPrefix: rawPrefix(streamDay), targets, afterList, build });
}

function filesOf(built: Built, { format }: TargetSettings): BuiltUnit {
  const rows = ({ table, kind }: Target) =>
    (kind === "table" ? built.rows[table.name] : built.quarantine[table.name]) ?? [];
  return {
    rowsOf: (target) => rows(target).length,
    bytesOf: async (target) => {
      const { table, kind, digest } = target;
      if (kind === "table") return encodeTable(table, built.rows[table.name]!, format, digest);
      return quarantineBytes(target, rows(target));
    },
  };
}

function quarantineBytes({ table, digest }: StaleTarget, rows: Iterable<unknown>): Promise<Uint8Array> {
  const lines = [...rows].map((row) => `${JSON.stringify(row)}\n`);
  return gzipNamed(Buffer.from(lines.join("")), `${table.name}-${digest}.jsonl`);
}
