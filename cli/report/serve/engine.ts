/**
 * A process that answers statements of the page, one after another. It runs alone, so that one that goes on forever or
 * takes too much memory ends with it, and nothing else.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { Lake } from "../../../cloud/lake/lake";
import { readLake } from "../../../cloud/localState";
import type { EngineAnswer, EngineQuestion } from "./messages";

/** Rows, and characters of their JSON, that a page gets at most. */
const limits = { rows: 10_000, characters: 8_000_000 };

const [dir = ""] = process.argv.slice(2);
let lake: Lake | undefined;
let openedAt = 0;

/** Opens the lake, again if a run has changed it since. */
async function opened(): Promise<Lake> {
  const changedAt = fs.statSync(path.join(dir, "cloud.json")).mtimeMs;
  if (lake && changedAt === openedAt) return lake;
  lake?.close();
  lake = await Lake.open(readLake(dir).manifest, dir, { isLocked: true });
  openedAt = changedAt;
  return lake;
}

async function answer({ id, sql }: EngineQuestion): Promise<EngineAnswer> {
  try {
    const started = performance.now();
    const found = await (await opened()).limited(sql, limits);
    const { columns, kinds = [], rows } = found.answer;
    const cells = rows.map((row) => columns.map((column) => row[column] ?? null));
    const ms = Math.round(performance.now() - started);
    return { id, result: { columns, kinds, rows: cells, isCut: found.isCut, ms } };
  } catch (error) {
    return { id, error: (error as Error).message };
  }
}

process.on("message", (question: EngineQuestion) => {
  void answer(question).then((said) => process.send!(said));
});
const isReady = () => process.send!("ready");
// What is wrong with the lake is said to whoever asks it.
void opened().then(isReady, isReady);
// The server has ended.
process.on("disconnect", () => process.exit());
