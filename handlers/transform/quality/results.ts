/** Rows of the table quality_results: every audit, passed or failed. */
import type { Row } from "../../../schemas";
import { qualityResults } from "../../../schemas/quality_results";
import { ruleFor, type QualityRules } from "../../../schemas/quality";
import { makeRow } from "../rows/cells";
import type { Json } from "../../raw/json";
import type { Tally } from "./audit";
import { shareOf, type ReadFinding } from "./readChecks";
import { rowRules } from "./rowChecks";

/** The columns of an audit that say whose it is and of when. */
export interface Scope extends Json {
  listener_id: string;
  read_seq: number;
  stream: string;
  container_id: string;
  source: string;
  run_id: string;
  fetched_at: number;
}

/** The scope of what is audited by day: the newest row tells the time. */
export function dayScope(listener_id: string, { newest }: Tally): Scope {
  return { listener_id, stream: newest.source, container_id: newest.source, ...newest };
}

/** What the rules of rows said of a table's rows. */
export function rowAudits(scope: Scope, tally: Tally, rules: QualityRules): Row[] {
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

/** What the rules of reads said of a full read. */
export function readAudits(scope: Scope, table: string, findings: ReadFinding[]): Row[] {
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
  return makeRow(qualityResults, scope, values)!;
}
