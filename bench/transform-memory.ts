/**
 * How much memory and time transform takes for a stream-day of 20,000 saved tracks, in both formats, in a process like
 * Lambda's: the deployed bundle, the AWS SDK, endpoints of S3 and Glue.
 *
 * npm run bench -- transform-memory [--json] [--items 20000]
 *
 * NODE_OPTIONS reach the measured process; without them it gets those that index.ts gives the function.
 */
import * as sdk from "@aws-sdk/client-s3";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { rawKey, type CloseLine, type HeaderLine, type PageLine } from "../handlers/raw/format";
import { s3Store } from "../handlers/shared/s3Store";
import type { StreamDayResult } from "../handlers/transform/transform";
import { bundle } from "../infra/bundle";
import { serveJson } from "../cloud/aws/json";
import { S3Server } from "../cloud/s3/server";
import type { TableFormat } from "../schemas/formats";

/** What one run of the function reported. */
interface Measurement {
  format: TableFormat;
  items: number;
  /** JSON in the raw objects, unzipped. */
  rawMegabytes: number;
  /** Highest resident memory of the process, SDK included. */
  peakMegabytes: number;
  /** Of CPU time, start of the process included. */
  seconds: number;
  rows: Record<string, number>;
}

const formats: TableFormat[] = ["csv", "parquet"];
const pageSize = 50;
const pagesPerObject = 40;
const listener = "me";
const day = "2026-03-04";
const date = "Wed, 04 Mar 2026 05:06:07 GMT";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: "boolean", default: false }, items: { type: "string", default: "20000" } },
  });
  const items = Number(values.items);
  const folder = await mkdtemp(join(tmpdir(), "transform-memory-"));
  const server = new S3Server({ root: join(folder, "s3") });
  const glue = await serveJson({ "AWSGlue.BatchCreatePartition": () => ({}) });
  try {
    const endpoint = await server.start();
    for (const bucket of ["raw", ...formats]) await server.createBucket(bucket);
    const { key, bytes } = await landStreamDay(endpoint, items);
    await writeFunction(folder);
    const measurements: Measurement[] = [];
    for (const format of formats) {
      const endpoints = { AWS_ENDPOINT_URL_S3: endpoint, AWS_ENDPOINT_URL_GLUE: `http://${glue.address}` };
      const measured = await runFunction(folder, endpoints, format, key);
      measurements.push({ format, items, rawMegabytes: bytes / 1e6, ...measured });
    }
    console.log(values.json ? JSON.stringify(measurements) : measurements.map(sentence).join("\n"));
  } finally {
    await Promise.all([server.close(), glue.close()]);
    await rm(folder, { recursive: true });
  }
}

function sentence({ format, items, rawMegabytes, peakMegabytes, seconds }: Measurement): string {
  const [raw, peak] = [rawMegabytes.toFixed(0), peakMegabytes.toFixed(0)];
  return `${format}: ${items} items (${raw} MB of JSON) in ${seconds.toFixed(1)} s of CPU, peak ${peak} MB resident`;
}

/** Writes a whole read of a library in several raw objects; returns one key, and how much JSON it all is. */
async function landStreamDay(endpoint: string, items: number): Promise<{ key: string; bytes: number }> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const store = s3Store(new sdk.S3Client({ endpoint, region: "us-east-1", credentials }), "raw");
  const offsets = Array.from({ length: Math.ceil(items / pageSize) }, (_, index) => index * pageSize);
  let [key, bytes] = ["", 0];
  for (let part = 0; part * pagesPerObject < offsets.length; part += 1) {
    const pages = offsets.slice(part * pagesPerObject, (part + 1) * pagesPerObject);
    const lines: (HeaderLine | PageLine | CloseLine)[] = [
      header,
      ...pages.map((offset) => pageOf(offset, items)),
    ];
    if ((part + 1) * pagesPerObject >= offsets.length) lines.push(closing(offsets.length, items));
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    const hash = createHash("sha256").update(text).digest("hex");
    key = rawKey({ listener, slug: header.stream, day }, "run", part, hash);
    bytes += text.length;
    await store.put(key, gzipSync(text), { ifNoneMatch: "*" });
  }
  return { key, bytes };
}

const header: HeaderLine = {
  kind: "header",
  format: 1,
  listener,
  stream: "saved_tracks",
  container: "saved_tracks",
  read_seq: 1,
  run_id: "run",
  request: "/me/tracks?limit=50&offset=0",
  version: null,
  read_kind: "full",
  library_version: 1,
};

function closing(pages: number, positions: number): CloseLine {
  const completed_at = "2026-03-04T05:20:00Z";
  return {
    kind: "close",
    read_seq: 1,
    container: "saved_tracks",
    version: null,
    pages,
    positions,
    completed_at,
  };
}

function pageOf(offset: number, items: number): PageLine {
  const length = Math.min(pageSize, items - offset);
  const entries = Array.from({ length }, (_, index) => savedTrack(offset + index));
  return { kind: "page", read_seq: 1, offset, date, body: { offset, total: items, items: entries } };
}

/** As large as the largest answers: with the markets that apps from before 2026 still get. */
function savedTrack(index: number): object {
  const artists = [artist(index % 7919), artist(index % 499)];
  const markets = Array.from({ length: 185 }, (_, market) =>
    String.fromCharCode(65 + (market % 26), 65 + market / 8),
  );
  return {
    added_at: new Date(Date.UTC(2026, 0, 1) - index * 3_600_000).toISOString(),
    track: {
      ...named("track", index),
      duration_ms: 180_000 + (index % 60_000),
      explicit: index % 5 === 0,
      disc_number: 1,
      track_number: (index % 12) + 1,
      external_ids: { isrc: `XX${String(index).padStart(10, "0")}` },
      popularity: index % 100,
      available_markets: markets,
      artists,
      album: {
        ...named("album", index >> 1),
        album_type: "album",
        release_date: `${1960 + (index % 60)}-0${(index % 9) + 1}`,
        release_date_precision: "month",
        total_tracks: 12,
        available_markets: markets,
        images: [640, 300, 64].map((size) => ({
          url: `https://images.example/${index}/${size}`,
          width: size,
        })),
        artists: artists.slice(0, 1),
      },
    },
  };
}

function artist(index: number): object {
  return named("artist", index);
}

/** What tracks, albums and artists have in common; ids are of the real length. */
function named(type: string, index: number): object {
  const id = createHash("sha256").update(`${type}${index}`).digest("hex").slice(0, 22);
  const name = `Some ${type} with a name of usual length, number ${index}`;
  return { id, type, name, uri: `spotify:${type}:${id}`, href: `https://api.example/v1/${type}s/${id}` };
}

/** Writes a process that calls the deployed function once. */
async function writeFunction(folder: string): Promise<void> {
  const [file] = bundle("transform").extraIncludePaths!;
  await writeFile(
    join(folder, "call.js"),
    `const { transformHandler } = require(${JSON.stringify(resolve(file!))});
     const { FORMAT: format, EVENT: event } = process.env;
     const place = { stack: "bench", rawBucket: "raw", lakeBucket: format, database: "bench" };
     transformHandler({ ...place, format, qualityRules: {} })(JSON.parse(event)).then(([result]) => {
       const peakMegabytes = process.resourceUsage().maxRSS / 1000;
       const { user, system } = process.cpuUsage();
       console.log(JSON.stringify({ result, peakMegabytes, seconds: (user + system) / 1e6 }));
     });`,
  );
}

async function runFunction(
  folder: string,
  endpoints: Record<string, string>,
  format: TableFormat,
  key: string,
) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--no-experimental-require-module", join(folder, "call.js")],
    {
      env: {
        NODE_OPTIONS: process.env.NODE_OPTIONS ?? "--max-semi-space-size=8",
        ...endpoints,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
        FORMAT: format,
        EVENT: JSON.stringify({ Records: [{ s3: { object: { key } } }] }),
      },
    },
  );
  const measured = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as {
    result: StreamDayResult;
    peakMegabytes: number;
    seconds: number;
  };
  return { peakMegabytes: measured.peakMegabytes, seconds: measured.seconds, rows: measured.result.rows };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
