/**
 * How long it takes from a raw object's landing until a query sees its rows, on the embedded cloud: the notification,
 * the start of a function's process if none is free, transform, its files and their partitions. One source alone, or
 * several at once; 1 and 20 take turns. Each round is a new day, and a query at its end shows that all rows are there.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { realClock } from "../cloud/clock";
import { Cloud } from "../cloud/cloud";
import { PartitionFiles } from "../cloud/glue/partitions";
import { Lake } from "../cloud/lake/lake";
import { manifestOf, type Manifest } from "../cloud/lake/manifest";
import { parseRawKey } from "../handlers/raw/format";
import { dayTargets } from "../handlers/transform/targets";
import { evaluateProgram } from "./lib/deployed";
import { wholeNumber, wholeNumbers, type Part, type ReportTable, type Values } from "./lib/part";
import { medianOf, quantileOf } from "./lib/spread";
import { idOf, trackOf } from "./raw/music";
import { rawObject, wholeRead, type GeneratedRead } from "./raw/reads";

/** Times in ms, over all sources of all rounds. */
interface Measurement {
  sources: number;
  samples: number;
  p50_ms: number;
  p99_ms: number;
  max_ms: number;
  /** The first round: no function's process is there yet. */
  first_ms: number;
}

interface Figures {
  items: number;
  freshness: Measurement[];
}

const dayMs = 86_400_000;
const firstDay = Date.parse("2026-01-01T04:15:00Z");
const leastSamples = 20;
const longestWaitMs = 120_000;

export const freshness: Part<Figures> = {
  name: "freshness",
  measures: "Time from a raw object's landing until a query on the embedded cloud sees its rows.",
  options: {
    runs: {
      meaning: `rounds; more where fewer than ${leastSamples} sources would be measured`,
      fallback: "5",
    },
    sources: { meaning: "how many sources land at once", fallback: "1,20" },
    items: { meaning: "playlist items of each source", fallback: "100" },
  },
  run,
  report,
};

async function run(values: Values): Promise<Figures> {
  const [runs, items] = [wholeNumber(values, "runs"), wholeNumber(values, "items")];
  const sizes = wholeNumbers(values, "sources");
  const dir = mkdtempSync(path.join(tmpdir(), "bench-freshness-"));
  const program = await evaluateProgram({ outDir: path.join(dir, "functions") });
  const options = { program, dir, clock: realClock, environment: {}, log: () => undefined };
  const cloud = await Cloud.start(options);
  try {
    const measured = new Map(sizes.map((size): [number, number[][]] => [size, []]));
    const rounds = Math.max(...sizes.map((size) => roundsOf(size, runs)));
    let day = 0;
    for (let round = 0; round < rounds; round += 1)
      for (const size of sizes)
        if (round < roundsOf(size, runs))
          measured.get(size)!.push(await measureRound(cloud, manifestOf(program), dir, day++, size, items));
    return { items, freshness: sizes.map((size) => summary(size, measured.get(size)!)) };
  } finally {
    await cloud.stop();
    rmSync(dir, { recursive: true });
  }
}

function roundsOf(sources: number, runs: number): number {
  return Math.max(runs, Math.ceil(leastSamples / sources));
}

function summary(sources: number, rounds: number[][]): Measurement {
  const all = rounds.flat();
  return {
    sources,
    samples: all.length,
    p50_ms: medianOf(all),
    p99_ms: quantileOf(all, 0.99),
    max_ms: Math.max(...all),
    first_ms: Math.max(...rounds[0]!),
  };
}

/** Lands one raw object of each source at the same moment; returns each one's time until it is visible, in ms. */
async function measureRound(
  cloud: Cloud,
  manifest: Manifest,
  dir: string,
  day: number,
  sources: number,
  items: number,
): Promise<number[]> {
  const raw = cloud.store("raw");
  const reads = Array.from({ length: sources }, (_, source) => readOf(source, day));
  const times = reads.map(async (read) => {
    const { key, body } = rawObject(read, 0, wholeRead(read, playlistItems(items)));
    await raw.put(key, body, { ifNoneMatch: "*" });
    const landed = performance.now();
    while (!isVisible(key, manifest, dir)) {
      if (performance.now() - landed > longestWaitMs) throw new Error(`${key} was never transformed.`);
      await sleep(5);
    }
    return performance.now() - landed;
  });
  const measured = await Promise.all(times);
  await cloud.settle();
  await requireVisible(manifest, dir, reads);
  return measured;
}

function readOf(source: number, day: number): GeneratedRead {
  const container = idOf("playlist", source);
  const place = { stream: `playlist:${container}`, container, version: `version ${day}` };
  return { ...place, readSeq: 1 + day * 1000 + source, run: `run${day}`, time: firstDay + day * dayMs };
}

function playlistItems(items: number): object[] {
  return Array.from({ length: items }, (_, index) => ({
    added_at: "2025-12-01T00:00:00Z",
    item: trackOf(index, false),
  }));
}

/** The last file and the last partition that transform writes are there: every query from now on sees the rows. */
function isVisible(key: string, { database, lakeBucket, tableFormat }: Manifest, dir: string): boolean {
  const last = dayTargets(parseRawKey(key)!, tableFormat, 0).at(-1)!;
  if (!existsSync(path.join(dir, "s3", lakeBucket, last.key))) return false;
  const folder = `s3://${lakeBucket}/${path.posix.dirname(last.key)}`;
  return new PartitionFiles(dir)
    .list(database, last.table.name)
    .some(({ StorageDescriptor }) => StorageDescriptor?.Location?.replace(/\/$/, "") === folder);
}

async function requireVisible(manifest: Manifest, dir: string, reads: GeneratedRead[]): Promise<void> {
  const lake = await Lake.open(manifest, dir);
  try {
    const numbers = reads.map(({ readSeq }) => readSeq).join(", ");
    const sql = `select count(*) as n from accepted_reads where read_seq in (${numbers})`;
    const [answer] = (await lake.query(sql)).rows;
    if (answer?.n !== reads.length)
      throw new Error(`Only ${String(answer?.n)} of ${reads.length} reads are visible.`);
  } finally {
    lake.close();
  }
}

function report({ items, freshness }: Figures): ReportTable[] {
  return [
    {
      title: `ms from landing to visible, ${items} playlist items a source`,
      columns: ["sources at once", "samples", "p50", "p99", "longest", "first round"],
      rows: freshness.map(({ sources, samples, p50_ms, p99_ms, max_ms, first_ms }) => [
        ...[sources, samples],
        ...[p50_ms, p99_ms, max_ms, first_ms].map((ms) => Math.round(ms)),
      ]),
      notes: ["The first round starts the function's processes, as a cold start on Lambda does."],
    },
  ];
}
