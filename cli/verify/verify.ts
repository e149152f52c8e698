/** Whether the lake is what raw makes of it: every file, every row, every closed read, every partition. */
import { buildRows, type Built } from "../../handlers/transform/build";
import { codeOf } from "../../handlers/shared/errors";
import { parseRawKey, rawPrefix, type StreamDay } from "../../handlers/raw/format";
import { findReads, isClosed, type Read } from "../../handlers/transform/closedReads";
import {
  isMarker,
  monthPrefix,
  readMarker,
  sealedRoot,
  shownThrough,
} from "../../handlers/transform/sealedMonths";
import type { Store } from "../../handlers/shared/store";
import {
  dateOf,
  dayTargets,
  monthOf,
  monthTargets,
  quarantineTargets,
  type StreamMonth,
  type Target,
  type TargetSettings,
} from "../../handlers/transform/targets";
import { rawReader } from "../../handlers/raw/reader";
import { generation, tables, type Cell, type Row, type TableSpec } from "../../schemas";
import { partitionKey } from "../../schemas/spec";
import { readRules } from "../../schemas/quality";
import { compareFile, type Compared, type Difference } from "./compare";

/** One thing that is wrong; `key` is the key of an object or a partition. */
export interface Problem {
  kind:
    | Difference["kind"]
    | "bad_raw_object"
    | "incomplete_read"
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
  /** The locations of a table's partitions in the catalog, by their month. */
  partitions(table: string): Promise<Map<string, string | undefined>>;
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

/** Compares raw with the lake. One stream-day is in memory at a time; in a sealed month, one stream's month. Reads only. */
export async function verify(deps: VerifyDeps, settings: TargetSettings): Promise<VerifyResult> {
  const verification = new Verification(deps, settings);
  await verification.listFiles();
  const months = await verification.streamMonths();
  const all = [...months.values()].flat().length;
  for (const streamDays of months.values()) await verification.verifyMonth(streamDays, all);
  await verification.findStrays();
  return verification.result;
}

/** A stream-day's rows, and the raw objects that they are made of. */
interface BuiltDay {
  keys: string[];
  built: Built;
}

class Verification {
  readonly result: VerifyResult = { stream_days: 0, files: 0, rows: 0, problems: [] };
  /** Keys of the files that were there at the start. */
  private readonly files = new Set<string>();
  /** Keys of the files that may be there. */
  private readonly expected = new Set<string>();
  private readonly catalog = new Map<string, Promise<Map<string, string | undefined>>>();

  constructor(
    private readonly deps: VerifyDeps,
    private readonly settings: TargetSettings,
  ) {}

  /** Lists the files of the lake. */
  async listFiles(): Promise<void> {
    for (const prefix of [`g${generation}/`, sealedRoot, "quarantine/"])
      for (const key of await this.deps.lake.list(prefix)) if (!isMarker(key)) this.files.add(key);
  }

  /** Returns the stream-days in raw by stream and month. */
  async streamMonths(): Promise<Map<string, StreamDay[]>> {
    const streamDays = new Map<string, StreamDay>();
    for (const key of await this.deps.raw.list("raw/")) {
      const streamDay = parseRawKey(key);
      if (streamDay) streamDays.set(rawPrefix(streamDay), streamDay);
      else this.add("stray", key, "It is not the key of a raw object.");
    }
    const months = new Map<string, StreamDay[]>();
    for (const streamDay of streamDays.values()) {
      const name = `${streamDay.listener}/${streamDay.slug}/${monthOf(streamDay.day)}`;
      months.set(name, [...(months.get(name) ?? []), streamDay]);
    }
    return months;
  }

  /** Compares the files of a stream in a month. */
  async verifyMonth(streamDays: StreamDay[], all: number): Promise<void> {
    const { listener, slug, day } = streamDays[0]!;
    const streamMonth = { listener, slug, month: monthOf(day) };
    const marker = await readMarker(this.deps.lake as Store, streamMonth.month);
    const shown = shownThrough(marker);
    // Files elsewhere are still being made, or stay for a day and nothing reads them any more.
    for (const through of marker ? [marker.before, marker.through] : [shown])
      this.expect(streamMonth, streamDays, through);
    const places = marker?.moved_at === null ? [shown, marker.through] : [shown];
    const sealed: BuiltDay[] = [];
    const ofMonth = streamDays.filter(({ day }) => dateOf(day) <= shown);
    for (const streamDay of streamDays) {
      this.deps.progress(this.result.stream_days, all, streamDay);
      this.result.stream_days += 1;
      const isSealed = ofMonth.includes(streamDay);
      const built = await this.verifyDay(streamDay, isSealed, places);
      if (isSealed && built) sealed.push(built);
    }
    if (sealed.length > 0 && sealed.length === ofMonth.length)
      await this.verifySealed(streamMonth, sealed, places);
  }

  /** Notes the files that may be there of a stream-month that is sealed through a day. */
  private expect(streamMonth: StreamMonth, streamDays: StreamDay[], through: number): void {
    const { format } = this.settings;
    const ofDays = streamDays.flatMap((streamDay) => dayTargets(streamDay, format, through));
    const ofMonth = through === 0 ? [] : monthTargets(streamMonth, format, through);
    for (const { key } of [...ofDays, ...ofMonth]) this.expected.add(key);
  }

  /**
   * Compares the files of a stream-day, of a sealed one those in quarantine; returns its rows, if raw can be read. Its
   * partitions lead to one of `places`, in each of which the month is sealed through another day; its own files are in the first.
   */
  private async verifyDay(
    streamDay: StreamDay,
    isSealed: boolean,
    places: number[],
  ): Promise<BuiltDay | undefined> {
    const { raw } = this.deps;
    const keys = (await raw.list(rawPrefix(streamDay))).filter((key) => parseRawKey(key)).sort();
    const reader = rawReader(raw as Store);
    let reads: Map<number, Read>;
    let built: Built;
    const tables = isSealed ? [] : dayTargets(streamDay, this.settings.format, places[0]!);
    const targets = [...quarantineTargets(streamDay), ...tables];
    try {
      reads = await findReads(streamDay, keys, reader);
      built = await buildRows(streamDay, keys, reader, this.settings.qualityRules);
    } catch (error) {
      if (codeOf(error) !== "bad_raw_object") throw error;
      this.add("bad_raw_object", rawPrefix(streamDay), (error as Error).message);
      for (const { key } of targets) this.expected.add(key);
      return undefined;
    }
    const found: Record<string, Row[]> = {};
    for (const target of targets) {
      const made = (target.kind === "table" ? built.rows : built.quarantine)[target.table.name] ?? [];
      const compared = await this.compare(target, [...made], keys);
      if (target.kind === "table") found[target.table.name] = compared.rows;
      if (target.kind === "table" && compared.isThere)
        await this.checkRegistered(target.table, monthOf(streamDay.day), places);
    }
    this.addUnaccounted(rawPrefix(streamDay), reads, isSealed ? built.rows : found);
    return { keys, built };
  }

  /** Compares the sealed files of a stream-month, as {@link verifyDay} does those of a day. */
  private async verifySealed(streamMonth: StreamMonth, days: BuiltDay[], places: number[]): Promise<void> {
    const keys = days.flatMap((day) => day.keys);
    for (const target of monthTargets(streamMonth, this.settings.format, places[0]!)) {
      const rows = days.flatMap(({ built }) => [...(built.rows[target.table.name] ?? [])]);
      const { isThere } = await this.compare(target, rows, keys);
      if (isThere) await this.checkRegistered(target.table, streamMonth.month, places);
    }
  }

  private async compare(target: Target, rows: unknown[], keys: string[]): Promise<Compared> {
    this.expected.add(target.key);
    // Most streams have no rows for most tables, let alone for quarantine: those files are not asked for.
    if (rows.length === 0 && !this.files.has(target.key)) return { isThere: false, rows: [] };
    const compared = await compareFile(this.deps.lake, target, rows, this.settings, keys);
    if (compared.difference) this.add(compared.difference.kind, target.key, compared.difference.message);
    else this.result.rows += compared.rows.length;
    if (compared.isThere || compared.difference) this.result.files += 1;
    return compared;
  }

  /** Checks that a table's partition leads to where the month is sealed through one of these days. */
  private async checkRegistered(table: TableSpec, month: string, places: number[]): Promise<void> {
    const known = this.catalog.get(table.name) ?? this.deps.partitions(table.name);
    this.catalog.set(table.name, known);
    const location = (await known).get(month);
    const key = `${table.name}/${partitionKey.name}=${month}`;
    if (this.result.problems.some((problem) => problem.key === key)) return;
    const leadsTo = location?.replace(/^s3:\/\/[^/]+\/|\/$/g, "");
    if (leadsTo === undefined) this.add("not_registered", key, "The catalog does not know this partition.");
    else if (!places.some((through) => `${leadsTo}/` === monthPrefix(table, month, through)))
      this.add("not_registered", key, `In the catalog this partition leads to ${location}.`);
  }

  /** Finds files that no raw object leads to. */
  async findStrays(): Promise<void> {
    for (const key of this.files) {
      if (this.expected.has(key) || (await this.isEmptied(key))) continue;
      const message =
        "No raw object leads to this file; delete it if its raw objects were deleted on purpose.";
      this.add("stray", key, message);
    }
  }

  /** Returns whether a file is empty, as transform leaves it once all of its raw objects were deleted. */
  private async isEmptied(key: string): Promise<boolean> {
    const [, isQuarantine, name] = /^(?:(quarantine)|(?:sealed\/)?g\d+)\/(\w+)\//.exec(key) ?? [];
    const table = tables.find((one) => one.name === name);
    if (!table) return false;
    const target: Target = { table, kind: isQuarantine ? "quarantine" : "table", key };
    return (await compareFile(this.deps.lake, target, [], this.settings, [])).difference === undefined;
  }

  /** Finds closed reads that are neither visible nor rejected, and closing records without all their pages. */
  private addUnaccounted(key: string, reads: Map<number, Read>, found: Record<string, Iterable<Row>>): void {
    const visible = new Set([...(found.container_reads ?? [])].map(({ read_seq }) => read_seq));
    const rejected = [...(found.quality_results ?? [])].filter(
      ({ rule, status, severity }) => isReadRule(rule!) && status === "failed" && severity === "block",
    );
    for (const [read, { header, close, pages }] of reads) {
      if (!close) continue;
      if (!isClosed({ header, close, pages })) {
        const message = `Read ${read} has a closing record, but not all its ${close.pages} pages.`;
        this.add("incomplete_read", key, message);
      } else if (!visible.has(read) && !rejected.some(({ read_seq }) => read_seq === read)) {
        const message = `Read ${read} of ${header!.container} is closed, but neither visible nor rejected.`;
        this.add("read_not_accounted", key, message);
      }
    }
  }

  private add(kind: Problem["kind"], key: string, message: string): void {
    this.result.problems.push({ kind, key, message });
  }
}

function isReadRule(rule: Cell): boolean {
  return readRules.some((name) => name === rule);
}
