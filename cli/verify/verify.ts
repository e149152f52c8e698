/** Whether the lake is what raw makes of it: every file, every row, every closed read, every partition. */
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { buildRows, type Built } from "../../handlers/transform/build";
import { codeOf } from "../../handlers/shared/errors";
import { parseRawKey, rawPrefix, type StreamDay } from "../../handlers/raw/format";
import { findReads, isClosed, type Read } from "../../handlers/transform/closedReads";
import type { Store } from "../../handlers/shared/store";
import { targetDigest, targetsOf, type Target, type TargetSettings } from "../../handlers/transform/targets";
import { rawReader } from "../../handlers/raw/reader";
import { generation, type Cell, type Row } from "../../schemas";
import { readRules } from "../../schemas/quality";
import { rowsIn } from "./table-file";

/** One thing that is wrong; `key` is the key of an object or a partition. */
export interface Problem {
  kind:
    | "bad_raw_object"
    | "incomplete_read"
    | "missing"
    | "outdated"
    | "unreadable"
    | "different"
    | "read_not_accounted"
    | "not_registered"
    | "stray";
  key: string;
  /** One sentence for people. */
  message: string;
}

export interface VerifyDeps {
  raw: Pick<Store, "list" | "get">;
  lake: Pick<Store, "list" | "get" | "head">;
  /** The days of a table that the catalog knows. */
  days(table: string): Promise<Set<string>>;
  /** Called before each stream-day. */
  progress(done: number, all: number, streamDay: StreamDay): void;
}

/** What was compared, and what differs. */
export interface VerifyResult {
  stream_days: number;
  files: number;
  rows: number;
  problems: Problem[];
}

/** Compares raw with the lake, one stream-day in memory at a time. Reads only. */
export async function verify(deps: VerifyDeps, settings: TargetSettings): Promise<VerifyResult> {
  const result: VerifyResult = { stream_days: 0, files: 0, rows: 0, problems: [] };
  const streamDays = new Map<string, StreamDay>();
  for (const key of await deps.raw.list("raw/")) {
    const streamDay = parseRawKey(key);
    if (streamDay) streamDays.set(rawPrefix(streamDay), streamDay);
    else result.problems.push({ kind: "stray", key, message: "It is not the key of a raw object." });
  }
  const expected = new Set<string>();
  const known = new Map<string, Set<string>>();
  for (const streamDay of streamDays.values()) {
    deps.progress(result.stream_days, streamDays.size, streamDay);
    result.stream_days += 1;
    const targets = targetsOf(streamDay, settings.format);
    for (const { key } of targets) expected.add(key);
    await verifyStreamDay(deps, settings, streamDay, targets, result);
    for (const { table, kind } of targets) {
      if (kind === "quarantine") continue;
      if (!known.has(table.name)) known.set(table.name, await deps.days(table.name));
      if (known.get(table.name)!.has(streamDay.day)) continue;
      const key = `${table.name}/snapshot_date=${streamDay.day}`;
      if (result.problems.some((problem) => problem.key === key)) continue;
      result.problems.push({
        kind: "not_registered",
        key,
        message: "The catalog does not know this partition.",
      });
    }
  }
  for (const prefix of [`g${generation}/`, "quarantine/"]) {
    for (const key of await deps.lake.list(prefix)) {
      if (expected.has(key)) continue;
      result.problems.push({ kind: "stray", key, message: "No raw object leads to this file." });
    }
  }
  return result;
}

async function verifyStreamDay(
  { raw, lake }: VerifyDeps,
  settings: TargetSettings,
  streamDay: StreamDay,
  targets: Target[],
  result: VerifyResult,
): Promise<void> {
  const keys = (await raw.list(rawPrefix(streamDay))).filter((key) => parseRawKey(key)).sort();
  const reader = rawReader(raw as Store);
  let reads: Map<number, Read>;
  let built: Built;
  try {
    reads = await findReads(streamDay, keys, reader);
    built = await buildRows(streamDay, keys, reader, settings.qualityRules);
  } catch (error) {
    if (codeOf(error) !== "bad_raw_object") throw error;
    const { message } = error as Error;
    result.problems.push({ kind: "bad_raw_object", key: rawPrefix(streamDay), message });
    return;
  }
  const found: Record<string, Row[]> = {};
  for (const target of targets) {
    const digest = targetDigest(target, settings, keys);
    const problem = await compare(lake, target, built, settings, digest, found);
    if (problem) result.problems.push({ ...problem, key: target.key });
    else result.rows += found[target.table.name]?.length ?? 0;
    result.files += 1;
  }
  result.problems.push(...unaccounted(rawPrefix(streamDay), reads, found));
}

/** What is wrong with one file; rows of a table that could be read go to `found`. */
async function compare(
  lake: VerifyDeps["lake"],
  { table, kind, key }: Target,
  built: Built,
  { format }: TargetSettings,
  digest: string,
  found: Record<string, Row[]>,
): Promise<Omit<Problem, "key"> | undefined> {
  const [version, object] = [await lake.head(key), await lake.get(key)];
  if (!version || !object) return { kind: "missing", message: "Raw leads to this file, which is not there." };
  const bytes = await buffer(object.body);
  let rows: unknown[];
  try {
    rows = kind === "table" ? await rowsIn(bytes, table, format) : linesIn(bytes);
  } catch (error) {
    return { kind: "unreadable", message: `It cannot be read: ${(error as Error).message}.` };
  }
  if (kind === "table") found[table.name] = rows as Row[];
  if (version.metadata.digest !== digest) {
    const program = version.metadata["program-version"] ?? "none";
    return {
      kind: "outdated",
      message: `It was made of other raw objects or rules, by program version ${program}.`,
    };
  }
  const wanted = kind === "table" ? [...built.rows[table.name]!] : (built.quarantine[table.name] ?? []);
  const difference = differenceOf(rows, wanted);
  return difference === undefined ? undefined : { kind: "different", message: difference };
}

function linesIn(bytes: Buffer): unknown[] {
  const text = gunzipSync(bytes).toString("utf8");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

/** Describes the first row that differs, by its number from 1. */
function differenceOf(rows: unknown[], wanted: unknown[]): string | undefined {
  const length = Math.max(rows.length, wanted.length);
  for (let at = 0; at < length; at += 1) {
    const [is, shouldBe] = [JSON.stringify(rows[at]), JSON.stringify(wanted[at])];
    if (is === shouldBe) continue;
    const cut = (text: string | undefined) => (text === undefined ? "nothing" : text.slice(0, 300));
    return `It has ${rows.length} rows and raw gives ${wanted.length}; row ${at + 1} is ${cut(is)}, raw gives ${cut(shouldBe)}.`;
  }
  return undefined;
}

function isReadRule(rule: Cell): boolean {
  return readRules.some((name) => name === rule);
}

/** Finds closed reads that are neither visible nor rejected, and closing records without all their pages. */
function unaccounted(key: string, reads: Map<number, Read>, found: Record<string, Row[]>): Problem[] {
  const visible = new Set(found.container_reads?.map(({ read_seq }) => read_seq));
  const rejected = (found.quality_results ?? []).filter(
    ({ rule, status, severity }) => isReadRule(rule!) && status === "failed" && severity === "block",
  );
  return [...reads].flatMap(([read, { header, close, pages, ...rest }]): Problem[] => {
    if (!close) return [];
    if (!isClosed({ header, close, pages, ...rest })) {
      const message = `Read ${read} has a closing record, but not all its ${close.pages} pages.`;
      return [{ kind: "incomplete_read", key, message }];
    }
    if (visible.has(read) || rejected.some(({ read_seq }) => read_seq === read)) return [];
    const message = `Read ${read} of ${header!.container} is closed, but neither visible nor rejected.`;
    return [{ kind: "read_not_accounted", key, message }];
  });
}
