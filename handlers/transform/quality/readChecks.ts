/** Checks of a full read as a whole: what rejects it keeps the one before it current. */
import type { HeaderLine } from "../../raw/format";
import type { Row, TableSpec } from "../../../schemas";
import { ruleFor, type QualityRules, type ReadRule } from "../../../schemas/quality";

/** What one rule found in a full read: shares are of `total` rows or positions. */
export interface ReadFinding {
  rule: ReadRule;
  severity: "warn" | "block";
  passed: boolean;
  failed: number;
  total: number;
  expected: string;
}

/** What the rules of reads look at. */
export interface ReadCounts {
  /** Different rows that have the key of another. */
  clashes: number;
  /** Good rows, one per key. */
  rows: number;
  quarantined: number;
  /** Entries by the container's own total. */
  positions: number;
}

/** What every rule of reads says of one. */
export function readFindings(table: string, counts: ReadCounts, rules: QualityRules): ReadFinding[] {
  const { clashes, rows, quarantined, positions } = counts;
  const finding = (rule: ReadRule, failed: number, total: number): ReadFinding => {
    const { severity, threshold = 0 } = ruleFor(rules, rule, table, null);
    const isLone = rule === "quarantined_share" && failed === 1 && total > 1;
    const passed = isLone || shareOf(failed, total) <= threshold;
    return { rule, severity, passed, failed, total, expected: `a share of ${threshold} at most` };
  };
  return [
    finding("unique_key", clashes, rows + clashes),
    finding("row_count", Math.max(0, positions - rows - quarantined), positions),
    finding("quarantined_share", quarantined, rows + quarantined),
  ];
}

/** What is told of each row of a read that is rejected. */
export function reasonOfRead(
  { rule, failed, total }: ReadFinding,
  { read_seq, container }: HeaderLine,
): string {
  return `Read ${read_seq} of ${container} was rejected: ${failed} of ${total} fail ${rule}.`;
}

/** The rule that rejects a read, if one does. */
export function rejecting(findings: ReadFinding[]): ReadFinding | undefined {
  return findings.find(({ passed, severity }) => !passed && severity === "block");
}

/** A part of a whole; of nothing, 0. */
export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/**
 * Rows that differ from the one before them but for the time of their answer, and yet have its key, by read_seq. `rows`
 * are sorted by the key. Equal ones are a page that lies in raw twice.
 */
export function keyClashes(table: TableSpec, rows: Row[]): Map<number, number> {
  const others = table.columns.map(({ name }) => name).filter((name) => name !== "fetched_at");
  const clashes = new Map<number, number>();
  rows.forEach((row, index) => {
    const before = rows[index - 1];
    if (!before || table.key.some((name) => row[name] !== before[name])) return;
    if (others.every((name) => row[name] === before[name])) return;
    const read = row.read_seq as number;
    clashes.set(read, (clashes.get(read) ?? 0) + 1);
  });
  return clashes;
}
