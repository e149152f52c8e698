/** Checks of a full read as a whole. While a read is rejected, the one before it stays current. */
import type { HeaderLine } from "../../raw/format";
import type { TableRows } from "../rows/tableRows";
import { ruleFor, type QualityRules, type ReadRule } from "../../../schemas/quality";

/** The result of one rule for a full read; `failed` and `total` count rows or positions. */
export interface ReadFinding {
  rule: ReadRule;
  severity: "warn" | "block";
  passed: boolean;
  failed: number;
  total: number;
  expected: string;
}

/** The counts that the rules of reads are about. */
export interface ReadCounts {
  /** Rows that have the key of another, different row. */
  clashes: number;
  /** Good rows, one per key. */
  rows: number;
  quarantined: number;
  /** Entries by the container's own total. */
  positions: number;
}

/** Returns the result of every rule for a full read of `table`. */
export function evaluateRead(table: string, counts: ReadCounts, rules: QualityRules): ReadFinding[] {
  const { clashes, rows, quarantined, positions } = counts;
  const finding = (rule: ReadRule, failed: number, total: number): ReadFinding => {
    const { severity, threshold = 0 } = ruleFor(rules, rule, table, null);
    const isSingle = rule === "quarantined_share" && failed === 1 && total > 1;
    const passed = isSingle || shareOf(failed, total) <= threshold;
    return { rule, severity, passed, failed, total, expected: `a share of ${threshold} at most` };
  };
  return [
    finding("unique_key", clashes, rows + clashes),
    finding("row_count", Math.max(0, positions - rows - quarantined), positions),
    finding("quarantined_share", quarantined, rows + quarantined),
  ];
}

/** Returns why a row of a rejected read is in quarantine. */
export function reasonOfRead(
  { rule, failed, total }: ReadFinding,
  { read_seq, container }: HeaderLine,
): string {
  return `Read ${read_seq} of ${container} was rejected: ${failed} of ${total} fail ${rule}.`;
}

/** Returns the result that rejects a read, if any does. */
export function rejectionIn(findings: ReadFinding[]): ReadFinding | undefined {
  return findings.find(({ passed, severity }) => !passed && severity === "block");
}

/** Returns a ratio, 0 if the denominator is 0. */
export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/**
 * Counts rows that have the key of the row before them but differ from it, by read_seq. `rows` are sorted by the key. A
 * row that differs in the time of its answer only is that of a page which is in raw twice.
 */
export function keyClashes(rows: TableRows): Map<number, number> {
  const { columns, key } = rows.table;
  const hasSameKey = rows.likeness(key);
  const isRepeated = rows.likeness(columns.map(({ name }) => name).filter((name) => name !== "fetched_at"));
  const readSeq = rows.reader("read_seq");
  const clashes = new Map<number, number>();
  for (let at = 1; at < rows.length; at += 1) {
    if (!hasSameKey(at) || isRepeated(at)) continue;
    const read = readSeq(at) as number;
    clashes.set(read, (clashes.get(read) ?? 0) + 1);
  }
  return clashes;
}
