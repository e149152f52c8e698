/** What grows with listeners, playlists, items and months: lines through what was measured, and the limits they reach. */
import type { CallsFigures } from "../bench/calls";
import type { Results } from "../bench/lib/results";
import type { TransformFigures } from "../bench/transform";
import type { YearsFigures } from "../bench/years";
import { settingDefaults } from "../infra/settingRules";

/** How much there is. */
export interface Profile {
  name: string;
  listeners: number;
  /** Of each listener. */
  playlists: number;
  /** Most items of one listener that one stream brings in a day. */
  items: number;
  /** Age of the lake. */
  months: number;
}

/** A straight line. */
interface Line {
  /** The value at 0. */
  base: number;
  /** What one more adds. */
  slope: number;
}

/** Something that has a limit. */
export interface Limit {
  what: string;
  /** How it grows, in words, with the fitted numbers. */
  growth: string;
  /** What it may be at most, and whose limit that is. */
  most: number;
  unit: string;
  whose: string;
  /** What moves it. */
  setting: string;
  /** The value that a profile needs. */
  value(profile: Profile): number;
}

/** Spotify states no number; development mode has been seen to end at about this. */
const callsADay = 1000;
const lambdaSeconds = 900;
/** Assumed, since no part talks to Spotify. */
const secondsACall = 0.25;
/** Lambda gives a function with so much memory one whole core, and others in proportion. */
const coreMegabytes = 1769;
const stateBytes = 5e6;
const partitionsOfAccount = 20_000_000;
/** Of one prefix. */
const s3RequestsASecond = 5500;
const athenaSeconds = 1800;
/** In MiB. */
const scanCutoffMb = Number(settingDefaults.scanCutoffMb);

/** Returns the line that lies closest to the points (least squares); a level line through points of one place. */
export function fitLine(points: { x: number; y: number }[]): Line {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  const slope =
    spread === 0 ? 0 : points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
  return { base: y - slope * x, slope };
}

/** Returns the limits of all parts that were measured. */
export function limitsOf(results: Results): Limit[] {
  const figures = <T>(part: string) => results[part]?.figures as T | undefined;
  const calls = figures<CallsFigures>("calls");
  const transform = figures<TransformFigures>("transform");
  const years = figures<YearsFigures>("years");
  return [
    ...(calls ? callLimits(calls) : []),
    ...(transform ? transformLimits(transform) : []),
    ...(years ? ageLimits(years) : []),
  ];
}

/** Returns what grows without a limit, in sentences. */
export function growthFacts(results: Results): string[] {
  const years = results.years?.figures as YearsFigures | undefined;
  if (!years) return [];
  const own = lastState(years);
  const month = (bytes: (lake: (typeof own)[0]) => number) =>
    (fitLine(own.map((lake) => ({ x: lake.months, y: bytes(lake) }))).slope / 1e6).toFixed(1);
  return [
    `A month of one listener adds ${month(({ raw_bytes }) => raw_bytes)} MB to raw and ${month(({ bytes }) => bytes)} MB to the lake; ` +
      `${month(({ plays_bytes }) => plays_bytes)} MB of that are plays, 50 a day.`,
  ];
}

/** The lakes after sealing if there are any, else those before. */
function lastState({ lakes }: YearsFigures): YearsFigures["lakes"] {
  const isSealed = lakes.some(({ sealed }) => sealed);
  return lakes.filter(({ sealed }) => sealed === isSealed);
}

function at({ base, slope }: Line, x: number): number {
  return base + slope * x;
}

/** `12 + 0.05 a playlist`. */
function inWords({ base, slope }: Line, each: string): string {
  const digits = (value: number) => value.toLocaleString("en", { maximumSignificantDigits: 3 });
  return `${digits(base)} ${slope < 0 ? "−" : "+"} ${digits(Math.abs(slope))} ${each}`;
}

function callLimits({ libraries }: CallsFigures): Limit[] {
  const alone = libraries.filter(({ listeners }) => listeners === 1);
  const typical = alone.map(({ playlists, days }) => ({ x: playlists, day: days.at(-1)! }));
  const all = fitLine(typical.map(({ x, day }) => ({ x, y: day.daily + day.plays })));
  const daily = fitLine(typical.map(({ x, day }) => ({ x, y: day.daily })));
  const state = fitLine(alone.map(({ playlists, state_bytes }) => ({ x: playlists, y: state_bytes })));
  return [
    {
      what: "Spotify's calls on a typical day",
      growth: `a listener: ${inWords(all, "a playlist")}`,
      ...{ most: callsADay, unit: "calls", whose: "Spotify's quota in development mode (about)" },
      setting: "`callBudget`; `playsSchedule` (24 of the calls); extended quota from Spotify",
      value: ({ listeners, playlists }) => listeners * at(all, playlists),
    },
    {
      what: "The daily run of extract",
      growth: `a listener: ${inWords(daily, "a playlist")} calls of ${secondsACall} s (assumed)`,
      ...{ most: lambdaSeconds, unit: "s", whose: "Lambda" },
      setting: "`listeners`: fewer in a stack; what is left is read by the next run",
      value: ({ listeners, playlists }) => listeners * at(daily, playlists) * secondsACall,
    },
    {
      what: "The state object",
      growth: `a listener: ${inWords(state, "bytes a playlist")}`,
      ...{ most: stateBytes, unit: "bytes", whose: "this project: a run writes it often" },
      setting: "`listeners`: fewer in a stack",
      value: ({ listeners, playlists }) => listeners * at(state, playlists),
    },
  ];
}

function transformLimits({ sizes, limits: { memory_mb, timeout_s } }: TransformFigures): Limit[] {
  const points = sizes.flatMap(({ items, measured }) =>
    measured
      .filter(({ contender }) => contender === "parquet")
      .map((measurement) => ({ items, measurement })),
  );
  const core = memory_mb / coreMegabytes;
  const cpu = fitLine(
    points.map(({ items, measurement }) => ({ x: items, y: measurement.cpu_s.median / core })),
  );
  const peak = fitLine(points.map(({ items, measurement }) => ({ x: items, y: measurement.peak_mb.median })));
  const setting = "`memorySize` and `timeout` of transform in index.ts";
  return [
    {
      what: "Transform of one stream's day",
      growth: `${inWords(cpu, "s an item")}, on the ${core.toFixed(2)} of a core that ${memory_mb} MB have`,
      ...{ most: timeout_s, unit: "s", whose: `the function's timeout (Lambda: ${lambdaSeconds} s)` },
      setting,
      value: ({ items }) => at(cpu, items),
    },
    {
      what: "Memory of transform",
      growth: inWords(peak, "MB an item"),
      ...{ most: memory_mb, unit: "MB", whose: "the function's memory (Lambda: 10,240 MB)" },
      setting,
      value: ({ items }) => at(peak, items),
    },
  ];
}

function ageLimits(years: YearsFigures): Limit[] {
  const own = lastState(years);
  const widest = (value: (query: (typeof own)[0]["queries"][0]) => number) =>
    fitLine(own.map(({ months, queries }) => ({ x: months, y: Math.max(...queries.map(value)) })));
  const partitions = fitLine(own.map(({ months, partitions }) => ({ x: months, y: partitions })));
  const requests = widest(({ lists, gets }) => lists + gets);
  const mebibytes = widest(({ bytes }) => bytes / 2 ** 20);
  const narrower = "parameters of the query, such as `days`: fewer months are read";
  return [
    {
      what: "Partitions in Glue",
      growth: inWords(partitions, "a month"),
      ...{ most: partitionsOfAccount, unit: "partitions", whose: "Glue, for an account" },
      setting: "none: all listeners share them",
      value: ({ months }) => at(partitions, months),
    },
    {
      what: "S3 requests of the widest query",
      growth: `a listener: ${inWords(requests, "a month")}${own[0]!.sealed ? "" : ", before sealing"}; S3 takes ${s3RequestsASecond.toLocaleString("en")} a second`,
      ...{ most: athenaSeconds, unit: "s", whose: "Athena's timeout" },
      setting: narrower,
      value: ({ listeners, months }) => (listeners * at(requests, months)) / s3RequestsASecond,
    },
    {
      what: "Bytes of the widest query",
      growth: `a listener: ${inWords(mebibytes, "MiB a month")}`,
      ...{ most: scanCutoffMb, unit: "MiB", whose: "`scanCutoffMb` of the workgroup (default)" },
      setting: `\`scanCutoffMb\`; ${narrower}`,
      value: ({ listeners, months }) => listeners * at(mebibytes, months),
    },
  ];
}
