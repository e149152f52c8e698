import type { RawLine } from "../../../handlers/raw/format";
import type { SealDeps } from "../../../handlers/transform/seal";
import {
  monthPrefix,
  readMarker,
  sealAfterDays,
  type KnownMarker,
} from "../../../handlers/transform/sealedMonths";
import { rowsIn } from "../../../cli/verify/table-file";
import { glueCatalog } from "../../../handlers/transform/glueCatalog";
import { programVersion, tables, type TableSpec } from "../../../schemas";
import type { TableFormat } from "../../../schemas/formats";
import { header, object, rawObject, run } from "../../support/rawObjects";
import { glueClientOf, memoryGlue, type SendToGlue } from "../../support/memoryGlue";
import { eventOf, world } from "../../support/transformWorld";
import type { loadHandlers } from "./loadHandlers";
import { Schedule, type ActorSpec, type Forget, type Gate, type Race } from "./schedule";

/**
 * A seal beside late raw objects. Two streams have a stream-day each in a month that is due, and get raw objects of another
 * day while it is sealed. What is watched is one table; other files are written right when that is asked for.
 */

const month = "2026-03";
const dayMs = 86_400_000;

/** The time at which March is sealed through a day. */
const due = (day: number) => Date.UTC(2026, 2, day + 1 + sealAfterDays);

const onDay = (date: string, stream: string, ...lines: RawLine[]) => {
  const { key, body } = rawObject(stream, 0, lines);
  return { key: key.replace(/snapshot_date=[^/]+/, `snapshot_date=${month}-${date}`), body };
};
const profileOn = (date: string, read_seq = 1) =>
  onDay(date, "profile", header({ stream: "profile", read_seq }), object({ id: "una" }, { read_seq }));
const runOn = (date: string) => onDay(date, "extract_runs", run());

const early = [profileOn("10"), runOn("10")];

/** What lands late, the table that is watched, and its rows in the end: source, day and number of the read. */
export interface LateRaw {
  table: "quality_results" | "profiles";
  /** Through which day the month is sealed before, 0 if it is not, and by the seal. */
  from: number;
  to: number;
  /** Whether the transforms run in processes that have read the marker before. */
  isWarm?: boolean;
  /** Whether an older program has registered the partition, and each call to Glue is a step. */
  isUpgraded?: boolean;
  late: { key: string; body: Buffer<ArrayBuffer> }[];
  /** Lands late as well, but its event comes after everything else. */
  silent?: { key: string; body: Buffer<ArrayBuffer> };
  rows: string[];
}

const profileRows = ["profile 10 1", "profile 20 1"];

const whole = { from: 0, to: 31 };

/** A raw object of a stream. */
export const ofOneStream: LateRaw = {
  ...whole,
  table: "quality_results",
  late: [profileOn("20")],
  rows: ["extract_runs 10 0", ...profileRows],
};

/** A raw object of each of two streams, which both feed the table. */
export const ofTwoStreams: LateRaw = {
  ...whole,
  table: "quality_results",
  late: [profileOn("20"), runOn("20")],
  rows: ["extract_runs 10 0", "extract_runs 20 0", ...profileRows],
};

/** Two raw objects of one stream-day: the event of one finds the other, too. */
export const ofOneDay: LateRaw = {
  ...whole,
  table: "profiles",
  late: [profileOn("20")],
  silent: profileOn("20", 2),
  rows: [...profileRows, "profile 20 2"],
};

/**
 * A raw object, and another whose event comes last, of a day after the 10th, while a month that is sealed through one day
 * is sealed through another.
 */
export function ofPart(from: number, to: number, day: string, isWarm: boolean): LateRaw {
  const rows = ["profile 10 1", `profile ${day} 1`, `profile ${day} 2`];
  const late = [profileOn(day)];
  return {
    from,
    to,
    isWarm,
    table: "profiles",
    late,
    silent: profileOn(day, 2),
    rows: [...new Set(rows)].sort(),
  };
}

export interface SealRace extends Race {
  schedule: Schedule;
  /** Source, day and read of each row that readers see: those in the location of the partition. */
  visible(): Promise<Set<string>>;
  /** Delivers the event that has not come. */
  deliverRest(): Promise<unknown>;
  /** Removes the day files, as the seal of the day after does. */
  sealNextDay(): Promise<unknown>;
}

/** Begins a race of a seal and late raw objects, with `kills` of any of them. */
export async function sealRace(
  { transform, seal }: ReturnType<typeof loadHandlers>,
  format: TableFormat,
  { table, late, silent, from, to, isWarm = false, isUpgraded = false }: LateRaw,
  kills: number,
): Promise<SealRace> {
  const { raw, lake, clock, deps: common } = world();
  const { partitions, send } = memoryGlue();
  const deps = { ...common, catalog: glueCatalog(glueClientOf(send), "lake") };
  const settings = { stack: "dev", format, lakeBucket: "lake" };
  const watched = tables.find(({ name }) => name === table)!;
  const land = ({ key, body }: (typeof early)[number]) =>
    raw.objects.set(key, { body, etag: "", metadata: {} });
  early.forEach(land);
  const earlier = { ...settings, programVersion: isUpgraded ? programVersion - 1 : programVersion };
  await transform(deps, earlier, eventOf(...early.map(({ key }) => key)));
  if (from > 0)
    for (const now of [due(from), due(from) + dayMs]) await seal({ ...deps, now: () => now }, earlier);
  clock.ms = due(to);
  const shownPrefix = monthPrefix(watched, month, from);
  const known: [string, KnownMarker | undefined][] = isWarm ? [[month, await readMarker(lake, month)]] : [];
  const what: Watched = { table, send, isEachCall: isUpgraded };
  const specs = [
    ...late.map((one): ActorSpec => {
      const begin = () => void land(one);
      const name = one.key.split("/")[2]!;
      const begun = (gate: Gate, forget: Forget) =>
        transform(
          { ...lateDeps(deps, what, shownPrefix, gate, forget), markers: new Map(known) },
          settings,
          eventOf(one.key),
        );
      return { name, begin, run: begun };
    }),
    ...(silent
      ? [{ name: "another lands", begin: () => void land(silent), run: async () => undefined }]
      : []),
    {
      name: "seal",
      run: (gate: Gate, forget: Forget) => seal(sealDeps(deps, what, to < 31, gate, forget), settings),
    },
  ];
  const schedule = new Schedule(specs, kills);
  const locationOf = (partition: string) => partitions.get(partition)!.StorageDescriptor!.Location!;
  return {
    schedule,
    steps: () => schedule.steps(),
    fingerprint: () =>
      JSON.stringify([
        [...raw.objects.keys()].sort(),
        [...lake.objects].map(([key, { etag }]) => [key, etag]).sort(),
        [...partitions].map(([name, { Parameters }]) => [name, locationOf(name), Parameters]).sort(),
        schedule.fingerprint(),
      ]),
    async visible() {
      const location = locationOf(`${watched.name}/${month}`);
      const files = [...lake.objects].filter(([key]) => key.startsWith(location.replace("s3://lake/", "")));
      const rows = await Promise.all(
        files.map(([key, { body, etag }]) => rowsOf(watched, `${key} ${etag}`, body, format)),
      );
      return new Set(rows.flat());
    },
    async deliverRest() {
      if (silent) await transform(deps, settings, eventOf(silent.key));
    },
    sealNextDay() {
      clock.ms = due(to) + 2 * dayMs;
      return seal(deps, settings);
    },
  };
}

/** What is under the scheduler: one table, of whose partition each call to Glue is a step, or each registration. */
interface Watched {
  table: string;
  send: SendToGlue;
  isEachCall: boolean;
}

/** Puts what a late event does to the watched table, and to the markers, under the scheduler. */
function lateDeps(deps: SealDeps, what: Watched, shownPrefix: string, gate: Gate, forget: Forget): SealDeps {
  return {
    ...gatedDeps(deps, what, gate, (key) => {
      // A try begins with the ETag of the file that readers see: of what came before, only the marker plays a part.
      if (key.startsWith(shownPrefix)) forget(/^GET/);
    }),
    raw: { ...deps.raw, list: (prefix) => gate(`LIST ${prefix}`, () => deps.raw.list(prefix)) },
  };
}

/** Puts what a seal does to the watched table, and to the markers, under the scheduler. */
function sealDeps(deps: SealDeps, what: Watched, hasDays: boolean, gate: Gate, forget: Forget): SealDeps {
  let isTrying = false;
  const { raw } = deps;
  return {
    ...gatedDeps(deps, what, gate, () => {
      // Which days there are is asked before any try.
      if (!isTrying) forget(/^(GET|DAYS)/);
      isTrying = true;
    }),
    raw: {
      ...raw,
      list: (prefix) => {
        // If all of the month is sealed, no day has a file of its own.
        if (!isTrying && !hasDays) return raw.list(prefix);
        const name = isTrying ? "LIST" : "DAYS";
        isTrying = false;
        return gate(`${name} ${prefix}`, () => raw.list(prefix));
      },
    },
  };
}

function gatedDeps(
  { lake, ...deps }: SealDeps,
  { table, send, isEachCall }: Watched,
  gate: Gate,
  onHead: (key: string) => void,
): SealDeps {
  /** The table that is being registered, and whether the marker was read before its partition is changed. */
  let [registered, hasAsked] = ["", false];
  const isWatched = (key: string) => key.includes(`g1/${table}/`);
  const gated = <T>(name: string, key: string, act: () => Promise<T>) =>
    isWatched(key) || key.endsWith(".json") ? gate(`${name} ${key}`, act) : act();
  const catalog = glueCatalog(
    glueClientOf((command) => {
      const { name } = (command as object).constructor;
      // A seal takes longer than a call: between the question whether a partition may be changed and the change is no step.
      const isStep = isEachCall && registered === table && !(hasAsked && name === "UpdatePartitionCommand");
      return isStep ? gate(name, () => send(command)) : send(command);
    }),
    "lake",
  );
  return {
    ...deps,
    lake: {
      ...lake,
      head: (key) =>
        gated("HEAD", key, () => {
          if (isWatched(key)) onHead(key);
          return lake.head(key);
        }),
      get: (key) => {
        hasAsked = true;
        return registered !== "" && registered !== table
          ? lake.get(key)
          : gated("GET", key, () => lake.get(key));
      },
      put: (key, ...rest) => gated("PUT", key, () => lake.put(key, ...rest)),
    },
    catalog: {
      ...catalog,
      async register(name, ...rest) {
        [registered, hasAsked] = [name, false];
        const register = () => catalog.register(name, ...rest).finally(() => (registered = ""));
        return name === table && !isEachCall ? gate("register", register) : register();
      },
    },
  };
}

const decoded = new Map<string, Promise<string[]>>();

async function rowsOf(
  table: TableSpec,
  version: string,
  body: Buffer,
  format: TableFormat,
): Promise<string[]> {
  const rows = decoded.get(version) ?? rowsIn(body, table, format).then(namesOf);
  decoded.set(version, rows);
  return rows;
}

function namesOf(rows: Awaited<ReturnType<typeof rowsIn>>): string[] {
  const names = rows.map(
    ({ source, snapshot_date, read_seq }) =>
      `${String(source)} ${String(snapshot_date).slice(-2)} ${String(read_seq)}`,
  );
  return [...new Set(names)];
}
