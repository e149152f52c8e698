/** Rows that tell of the reading itself: reads, runs, gaps and what was passed over. */
import type { Row } from "../../../schemas";
import { containerReads } from "../../../schemas/container_reads";
import { extractRuns } from "../../../schemas/extract_runs";
import { gaps } from "../../../schemas/gaps";
import { skips } from "../../../schemas/skips";
import { makeRow, type Loss } from "./cells";
import { instant } from "../../raw/json";
import type { CloseLine, GapLine, HeaderLine, RunLine, SkipLine } from "../../raw/format";
import { originOf, type Origin } from "./origin";

/** The row that makes a read visible; `rowCount` rows of it are in the table that it feeds. */
export function containerReadRow(header: HeaderLine, close: CloseLine, rowCount: number): Row {
  const completedAt = instant(close.completed_at)!;
  return makeRow(containerReads, originOf(header, completedAt), {
    stream: header.stream,
    container_id: header.container,
    read_kind: header.read_kind,
    container_version: close.version ?? header.version,
    completed_at: completedAt,
    row_count: rowCount,
    skipped_count: close.positions - rowCount,
    page_count: close.pages,
  })!;
}

/** The row of a skip that extract landed. */
export function skipLineRow(line: SkipLine): Row {
  return makeRow(
    skips,
    {},
    {
      listener_id: line.listener,
      stream: line.stream,
      container_id: line.container,
      container_name: line.container_name,
      item_position: line.position,
      reason: line.reason,
      http_status: line.http_status,
      message: line.message,
      skipped_count: line.count,
      until: instant(line.until),
      source: line.stream,
      run_id: line.run_id,
      fetched_at: instant(line.at),
    },
  )!;
}

/** The row of a skip that shows only when rows are made: `count` entries from `position` on have none. */
export function skippedEntryRow(
  header: HeaderLine,
  origin: Origin,
  position: number,
  reason: string,
  count = 1,
): Row {
  return makeRow(skips, origin, {
    stream: header.stream,
    container_id: header.container,
    item_position: position,
    reason,
    skipped_count: count,
  })!;
}

/** The row of a run; its last moment stands for the answer's. */
export function extractRunRow(line: RunLine, losses: Loss[]): Row {
  const startedAt = instant(line.started_at)!;
  const endedAt = instant(line.ended_at)!;
  const made = {
    listener_id: line.listener,
    started_at: startedAt,
    ended_at: endedAt,
    duration_ms: endedAt - startedAt,
    not_before: instant(line.not_before),
    source: "extract_runs",
    fetched_at: endedAt,
  };
  return makeRow(extractRuns, { ...line, losses }, made)!;
}

/** The row of a stretch of time in which plays may be missing. */
export function gapRow(line: GapLine, losses: Loss[]): Row {
  return makeRow(
    gaps,
    { losses },
    {
      listener_id: line.listener,
      stream: line.stream,
      gap_from: instant(line.from),
      gap_to: instant(line.to),
      source: line.stream,
      run_id: line.run_id,
      fetched_at: instant(line.at),
    },
  )!;
}
