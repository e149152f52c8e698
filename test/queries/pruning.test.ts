import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { Lake } from "../../cloud/lake/lake";
import { sourceManifest } from "../../cloud/memory/sourceManifest";
import { namedQueries, renderQuery, views, type NamedQuery } from "../../infra/sql";
import { dayMs } from "../../simulator/times";
import { Answers } from "../support/answers";
import { edges, monthsRows } from "../support/monthsLake";
import { writePartition } from "../support/writtenLake";
import type { Row } from "../../schemas";

const timezones = ["Pacific/Kiritimati", "Etc/GMT+12"];

const prunes = ({ template }: NamedQuery) => template.includes("snapshot_month");

/** Views whose rows are also kept, read of all months. */
const keptWhole = ["all_plays", "artist_plays"];

/** Returns a statement that reads all months. */
function ofAllMonths(sql: string): string {
  const all = sql.replace(/\n\s+and (\w+\.)?snapshot_month\s+[<>]= .*/g, "");
  expect(all).not.to.include("snapshot_month");
  return all.replace(new RegExp(`\\b(?:${keptWhole.join("|")})\\b`, "g"), "whole_$&");
}

/** Days on which windows of `days` days begin or end near the start of a month. */
function* windows({ parameters }: NamedQuery): Generator<Record<string, string>> {
  const has = (name: string) => parameters.some((parameter) => parameter.name === name);
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const all = { ...(has("at_least") && { at_least: "1" }), ...(has("limit") && { limit: "10000" }) };
  for (const edge of edges.map(Date.parse))
    for (const after of [-1, 0, 1, 2]) {
      const at = edge + after * dayMs;
      if (has("from")) yield { ...all, from: day(at), to: day(at + 30 * dayMs) };
      if (has("days")) yield { ...all, [has("to") ? "to" : "as_of"]: day(at + 2 * dayMs), days: "3" };
      else if (has("as_of")) yield { ...all, as_of: day(at) };
    }
}

describe("queries that read the months of their window", function () {
  this.timeout(240_000);
  for (const [at, timezone] of timezones.entries())
    describe(`in ${timezone}`, () => {
      let answers: Answers;
      before(async () => {
        answers = await Answers.open(timezone);
        for (const [name, rows] of monthsRows(at + 1)) await answers.setRows(name, rows);
        // These read no table that a window prunes.
        for (const view of views(timezone).filter(({ name }) => /^(current|library)_/.test(name)))
          await answers.keep(view.name);
        for (const view of keptWhole)
          await answers.lake.query(`create table whole_${view} as select * from ${view}`);
      });
      after(() => answers.close());

      for (const query of namedQueries(timezone).filter(prunes))
        it(`${query.name} answers as if it read all months`, async () => {
          let rows = 0;
          for (const values of windows(query)) {
            const sql = renderQuery(query, values);
            const answer = await answers.values(sql);
            expect(answer, JSON.stringify(values)).to.deep.equal(await answers.values(ofAllMonths(sql)));
            rows += answer.length;
          }
          expect(rows).to.be.above(0);
        });
    });
});

/** An operator of DuckDB's plan, as `explain (format json)` prints it. */
interface Operator {
  name: string;
  children: Operator[];
  extra_info: Record<string, string | string[]>;
}

/** Columns that only the rows of a window are read for. */
const ofTheWindow = /^(ms_played|context_uri|skipped|calls|skipped_count|message|expected|status)$/;

describe("the plan of a query with a window", function () {
  this.timeout(60_000);
  for (const format of ["parquet", "csv"] as const)
    describe(`on ${format}`, () => {
      const dir = fs.mkdtempSync(path.join(os.tmpdir(), "months-"));
      const manifest = sourceManifest(format);
      let lake: Lake;
      before(async () => {
        for (const [table, rows] of monthsRows(1))
          for (const [month, some] of byMonth(rows))
            await writePartition(dir, { database: manifest.database, table, month, rows: some, format });
        lake = await Lake.open(manifest, dir);
      });
      after(() => {
        lake.close();
        fs.rmSync(dir, { recursive: true });
      });

      for (const query of namedQueries().filter(prunes))
        it(`${query.name} opens the files of its months`, async () => {
          const { rows } = await lake.query(`explain (format json) ${renderQuery(query, lastMonth(query))}`);
          const plan = JSON.parse(String(rows[0]!.explain_value)) as Operator[];
          const scans = plan
            .flatMap(scansIn)
            .filter(({ extra_info: { Projections } }) =>
              [Projections ?? []].flat().some((column) => ofTheWindow.test(column)),
            );
          expect(scans).not.to.deep.equal([]);
          // Folded to a constant, or it would not leave out files.
          for (const { extra_info } of scans)
            expect(String(extra_info["File Filters"])).to.match(
              /^\(?snapshot_month (>=|BETWEEN) '\d{4}-\d\d'/,
            );
        });
    });
});

/** Values whose window leaves out the first of the months. */
function lastMonth({ parameters }: NamedQuery): Record<string, string> {
  const has = (name: string) => parameters.some((parameter) => parameter.name === name);
  if (has("from")) return { from: "2026-03-09", to: "2026-03-20" };
  return has("days") ? { as_of: "2026-03-20", days: "9" } : { as_of: "2026-08-20" };
}

function byMonth(rows: Row[]): Map<string, Row[]> {
  const months = new Map<string, Row[]>();
  for (const row of rows) {
    const month = String(row.snapshot_date).slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), row]);
  }
  return months;
}

function scansIn(operator: Operator): Operator[] {
  const own = operator.name.trim().startsWith("READ_") ? [operator] : [];
  return [...own, ...operator.children.flatMap(scansIn)];
}
