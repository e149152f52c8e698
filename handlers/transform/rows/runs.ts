/** Rows about the reading itself: reads, runs, gaps and skips. */
import type { Row } from "../../../schemas";
import { containerReads } from "../../../schemas/container_reads";
import { extractRuns } from "../../../schemas/extract_runs";
import { gaps } from "../../../schemas/gaps";
import { skips } from "../../../schemas/skips";
import { makeRow, type MadeRow } from "./cells";
import { instant } from "../../raw/json";
import type { CloseLine, GapLine, HeaderLine, RunLine, SkipLine } from "../../raw/format";
import { provenanceOf, type Provenance } from "./provenance";

/** Makes the row that makes a read visible; `rowCount` rows of it are in its counted table. */
export function containerReadRow(header: HeaderLine, day: string, close: CloseLine, rowCount: number): Row {
  const completedAt = instant(close.completed_at)!;
  return makeRow(containerReads, provenanceOf(header, day, completedAt), {
    stream: header.stream,
    container_id: header.container,
    read_kind: header.read_kind,
    container_version: close.version ?? header.version,
    completed_at: completedAt,
    row_count: rowCount,
    skipped_count: close.positions - rowCount,
    page_count: close.pages,
  }).row!;
}

/** Makes the row of a skip that extract recorded. */
export function skipLineRow(line: SkipLine, day: string): Row {
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
      snapshot_date: day,
      source: line.stream,
      run_id: line.run_id,
      fetched_at: instant(line.at),
    },
  ).row!;
}

/** Makes the row of a skip that transform found: `count` entries from `position` on have no row. */
export function skippedEntryRow(
  header: HeaderLine,
  provenance: Provenance,
  position: number,
  reason: string,
  count = 1,
): Row {
  return makeRow(skips, provenance, {
    stream: header.stream,
    container_id: header.container,
    item_position: position,
    reason,
    skipped_count: count,
  }).row!;
}

/** Makes the row of a run; its end counts as the time of the answer. */
export function extractRunRow(line: RunLine, day: string): MadeRow {
  const startedAt = instant(line.started_at)!;
  const endedAt = instant(line.ended_at)!;
  return makeRow(
    extractRuns,
    { ...line },
    {
      listener_id: line.listener,
      started_at: startedAt,
      ended_at: endedAt,
      duration_ms: endedAt - startedAt,
      not_before: instant(line.not_before),
      snapshot_date: day,
      source: "extract_runs",
      fetched_at: endedAt,
    },
  );
}

/** Makes the row of a stretch of time in which plays may be missing. */
export function gapRow(line: GapLine, day: string): MadeRow {
  return makeRow(
    gaps,
    {},
    {
      listener_id: line.listener,
      stream: line.stream,
      gap_from: instant(line.from),
      gap_to: instant(line.to),
      snapshot_date: day,
      source: line.stream,
      run_id: line.run_id,
      fetched_at: instant(line.at),
    },
  );
}
