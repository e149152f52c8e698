/** One file of the lake against what raw gives. */
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { targetDigest, type Target, type TargetSettings } from "../../handlers/transform/targets";
import type { Store } from "../../handlers/shared/store";
import type { Row } from "../../schemas";
import { rowsIn } from "./table-file";

/** What is wrong with a file. */
export interface Difference {
  kind: "missing" | "unreadable" | "outdated" | "different";
  message: string;
}

/** A file as it was found; `rows` are those of a table file that could be read. */
export interface Compared {
  isThere: boolean;
  rows: Row[];
  difference?: Difference;
}

/** Compares a file with the rows that raw gives, made of the raw objects `keys`. A file without rows need not be there. */
export async function compareFile(
  lake: Pick<Store, "get">,
  target: Target,
  wanted: unknown[],
  settings: TargetSettings,
  keys: string[],
): Promise<Compared> {
  const { table, kind, key } = target;
  const object = await lake.get(key);
  if (!object) {
    if (wanted.length === 0) return { isThere: false, rows: [] };
    const message = "Raw leads to this file, which is not there.";
    return { isThere: false, rows: [], difference: { kind: "missing", message } };
  }
  const bytes = await buffer(object.body);
  let rows: unknown[];
  try {
    rows = kind === "table" ? await rowsIn(bytes, table, settings.format) : linesIn(bytes);
  } catch (error) {
    const message = `It cannot be read: ${(error as Error).message}.`;
    return { isThere: true, rows: [], difference: { kind: "unreadable", message } };
  }
  const difference = outdated(object.metadata, targetDigest(target, settings, keys)) ?? other(rows, wanted);
  return { isThere: true, rows: kind === "table" ? (rows as Row[]) : [], difference };
}

function linesIn(bytes: Buffer): unknown[] {
  const text = gunzipSync(bytes).toString("utf8");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

function outdated(metadata: Record<string, string>, digest: string): Difference | undefined {
  if (metadata.digest === digest) return undefined;
  const program = metadata["program-version"] ?? "none";
  const message = `It was made of other raw objects or rules, by program version ${program}.`;
  return { kind: "outdated", message };
}

/** Describes the first row that differs, by its number from 1. */
function other(rows: unknown[], wanted: unknown[]): Difference | undefined {
  const length = Math.max(rows.length, wanted.length);
  for (let at = 0; at < length; at += 1) {
    const [is, shouldBe] = [JSON.stringify(rows[at]), JSON.stringify(wanted[at])];
    if (is === shouldBe) continue;
    const cut = (text: string | undefined) => (text === undefined ? "nothing" : text.slice(0, 300));
    const message = `It has ${rows.length} rows and raw gives ${wanted.length}; row ${at + 1} is ${cut(is)}, raw gives ${cut(shouldBe)}.`;
    return { kind: "different", message };
  }
  return undefined;
}
