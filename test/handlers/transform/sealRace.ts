import type { RawLine } from "../../../handlers/raw/format";
import type { SealDeps } from "../../../handlers/transform/seal";
import { sealAfterDays } from "../../../handlers/transform/sealedMonths";
import { rowsIn } from "../../../cli/verify/table-file";
import { tables } from "../../../schemas";
import type { TableFormat } from "../../../schemas/formats";
import { header, object, rawObject, run } from "../../support/rawObjects";
import { eventOf, world } from "../../support/transformWorld";
import type { loadHandlers } from "./loadHandlers";
import { Schedule, type ActorSpec, type Gate, type Race } from "./schedule";

/**
 * A seal beside late raw objects. Two streams have a stream-day each in a month that is due, and get a raw object of
 * another day while it is sealed. What is watched is one table that both feed, quality_results; other files are written
 * right when that is asked for.
 */

const watched = tables.find(({ name }) => name === "quality_results")!;
const month = "2026-03";
const due = Date.UTC(2026, 3, 1) + sealAfterDays * 86_400_000;

const onDay = (date: string, stream: string, ...lines: RawLine[]) => {
  const { key, body } = rawObject(stream, 0, lines);
  return { key: key.replace(/snapshot_date=[^/]+/, `snapshot_date=${month}-${date}`), body };
};
const profileOn = (date: string) =>
  onDay(date, "profile", header({ stream: "profile" }), object({ id: "una" }));
const runOn = (date: string) => onDay(date, "extract_runs", run());

const early = [profileOn("10"), runOn("10")];
const late = [profileOn("20"), runOn("20")];

/** Source and day of each row that there is in the end. */
export const allRows = ["extract_runs 10", "extract_runs 20", "profile 10", "profile 20"];

export interface SealRace extends Race {
  schedule: Schedule;
  /** Source and day of each row that readers see: those in the location of the partition. */
  visible(): Promise<Set<string>>;
  /** Removes the day files, as the seal of the day after does. */
  sealNextDay(): Promise<unknown>;
}

/** Begins a race of a seal and `lateCount` late raw objects, with `kills` of any of them. */
export async function sealRace(
  { transform, seal }: ReturnType<typeof loadHandlers>,
  format: TableFormat,
  lateCount: number,
  kills: number,
): Promise<SealRace> {
  const { raw, lake, partitions, clock, deps } = world();
  const settings = { stack: "dev", format, lakeBucket: "lake" };
  const land = ({ key, body }: (typeof early)[number]) =>
    raw.objects.set(key, { body, etag: "", metadata: {} });
  early.forEach(land);
  await transform(deps, settings, eventOf(...early.map(({ key }) => key)));
  clock.ms = due;
  const specs = [
    ...late.slice(0, lateCount).map((one): ActorSpec => {
      const begin = () => void land(one);
      const name = one.key.split("/")[2]!;
      const begun = (gate: Gate, forget: () => void) =>
        transform(gatedDeps(deps, gate, forget), settings, eventOf(one.key));
      return { name, begin, run: begun };
    }),
    { name: "seal", run: (gate: Gate, forget: () => void) => seal(gatedDeps(deps, gate, forget), settings) },
  ];
  const schedule = new Schedule(specs, kills);
  return {
    schedule,
    steps: () => schedule.steps(),
    fingerprint: () =>
      JSON.stringify([
        [...raw.objects.keys()].sort(),
        [...lake.objects].map(([key, { etag }]) => [key, etag]).sort(),
        [...partitions].map(([name, { location }]) => [name, location]).sort(),
        schedule.fingerprint(),
      ]),
    async visible() {
      const { location } = partitions.get(`${watched.name}/${month}`)!;
      const files = [...lake.objects].filter(([key]) => key.startsWith(location.replace("s3://lake/", "")));
      const rows = await Promise.all(files.map(([, { body, etag }]) => rowsOf(body, etag, format)));
      return new Set(rows.flat());
    },
    sealNextDay() {
      clock.ms = due + 2 * 86_400_000;
      return seal(deps, settings);
    },
  };
}

/** Puts what concerns the watched table, and the markers, under the scheduler. */
function gatedDeps({ raw, lake, catalog, ...deps }: SealDeps, gate: Gate, forget: () => void): SealDeps {
  let isTrying = false;
  const isWatched = (key: string) => key.includes(`/${watched.name}/`);
  const gated = <T>(name: string, key: string, act: () => Promise<T>) =>
    isWatched(key) || key.endsWith(".json") ? gate(`${name} ${key}`, act) : act();
  return {
    ...deps,
    raw: {
      ...raw,
      list: (prefix) => {
        // Which streams there are is asked before any try, and they are always the same.
        if (!isTrying) return raw.list(prefix);
        isTrying = false;
        return gate(`LIST ${prefix}`, () => raw.list(prefix));
      },
    },
    lake: {
      ...lake,
      head: (key) =>
        gated("HEAD", key, () => {
          // A try begins with the ETag: what was listed before plays no part any more.
          if (!isTrying) forget();
          isTrying = true;
          return lake.head(key);
        }),
      get: (key) => gated("GET", key, () => lake.get(key)),
      put: (key, ...rest) => gated("PUT", key, () => lake.put(key, ...rest)),
    },
    catalog: {
      register: (table, ...rest) =>
        table === watched.name
          ? gate("register", () => catalog.register(table, ...rest))
          : catalog.register(table, ...rest),
      hasRegistered: catalog.hasRegistered,
    },
  };
}

const decoded = new Map<string, Promise<string[]>>();

async function rowsOf(body: Buffer, etag: string, format: TableFormat): Promise<string[]> {
  const rows = decoded.get(etag) ?? rowsIn(body, watched, format).then(sourcesOf);
  decoded.set(etag, rows);
  return rows;
}

function sourcesOf(rows: Awaited<ReturnType<typeof rowsIn>>): string[] {
  return [...new Set(rows.map((row) => `${String(row.source)} ${String(row.snapshot_date).slice(-2)}`))];
}
