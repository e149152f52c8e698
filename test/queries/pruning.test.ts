import { expect } from "chai";
import { namedQueries, renderQuery, type NamedQuery } from "../../infra/sql";
import { dayMs } from "../../simulator/times";
import { Answers } from "../support/answers";
import { edges, monthsRows } from "../support/monthsLake";

const timezones = ["Pacific/Kiritimati", "Etc/GMT+12"];

const prunes = ({ template }: NamedQuery) => template.includes("snapshot_month");

/** Returns a statement that reads all months. */
function ofAllMonths(sql: string): string {
  const all = sql.replace(/\n\s+and (\w+\.)?snapshot_month\s+[<>]= .*/g, "");
  expect(all).not.to.include("snapshot_month");
  return all;
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
        for (const [name, rows] of monthsRows(at + 1)) {
          await answers.setRows(name, rows);
          await answers.lake.query(`create table rows_of_${name} as select * from ${name}`);
          await answers.lake.query(`create or replace view ${name} as select * from rows_of_${name}`);
        }
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
