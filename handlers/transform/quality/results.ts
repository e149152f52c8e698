/** Makes rows of the table quality_results: the result of every rule, passed or failed. */
import type { Row } from "../../../schemas";
import { qualityResults } from "../../../schemas/quality_results";
import { ruleFor, type QualityRules } from "../../../schemas/quality";
import { makeRow } from "../rows/cells";
import type { StreamDay } from "../../raw/format";
import type { Json } from "../../raw/json";
import type { Tally } from "./audit";
import { shareOf, type ReadFinding } from "./readChecks";
import { rowRules } from "./rowChecks";

/** The columns of a result that say which listener, read and time it is about. */
export interface Scope extends Json {
  listener_id: string;
  read_seq: number;
  stream: string;
  container_id: string;
  snapshot_date: string;
  source: string;
  run_id: string;
  fetched_at: number;
}

/** Returns the scope of what is counted by day; its time is that of the newest row. */
export function dayScope({ listener, day }: StreamDay, { newest }: Tally): Scope {
  return {
    listener_id: listener,
    snapshot_date: day,
    stream: newest.source,
    container_id: newest.source,
    ...newest,
  };
}

/** Makes the rows about a table's rows. */
export function rowResults(scope: Scope, tally: Tally, rules: QualityRules): Row[] {
  const { table, total } = tally;
  return rowRules(table).flatMap((rule) => {
    const failures = [...tally.failures.values()].filter((failure) => failure.rule === rule);
    const common = { table_name: table.name, rule, total_rows: total };
    if (failures.length === 0) {
      const { severity } = ruleFor(rules, rule, table.name, null);
      return [resultRow(scope, { ...common, severity, status: "passed", observed: 0, failed_rows: 0 })];
    }
    return failures.map(({ column, expected, sample, rows }) =>
      resultRow(scope, {
        ...common,
        column_name: column,
        severity: ruleFor(rules, rule, table.name, column).severity,
        status: "failed",
        observed: shareOf(rows, total),
        expected,
        failed_rows: rows,
        sample,
      }),
    );
  });
}

/** Makes the rows about a full read. */
export function readResults(scope: Scope, table: string, findings: ReadFinding[]): Row[] {
  return findings.map(({ rule, severity, passed, failed, total, expected }) =>
    resultRow(scope, {
      table_name: table,
      rule,
      severity,
      status: passed ? "passed" : "failed",
      observed: shareOf(failed, total),
      expected,
      failed_rows: failed,
      total_rows: total,
    }),
  );
}

function resultRow(scope: Scope, values: Json): Row {
  return makeRow(qualityResults, scope, values).row!;
}
