import { expect } from "chai";
import { describeFinding, lintTrino } from "../../test/support/trino/lint";
import { liveDays, type LivedLake } from "../../test/support/livedLake";
import { columnsOf } from "../dataSets";
import { sourceNames, sqlOf } from "../sources";

const quickSightTypes: Record<string, string> = {
  VARCHAR: "STRING",
  INTEGER: "INTEGER",
  BIGINT: "INTEGER",
  DOUBLE: "DECIMAL",
  DATE: "DATETIME",
  TIMESTAMP: "DATETIME",
};

/** Data sets whose rows a few simulated days need not have. */
const mayBeEmpty = ["known_gaps", "quality_results"];

/** Each data set's statement, asked of the lake of a simulated listener. */
describe("data sets", function () {
  this.timeout(120_000);
  let lived: LivedLake;
  before(async () => {
    lived = await liveDays(2, "Europe/Berlin");
  });
  after(() => lived.answers.close());

  for (const source of sourceNames) {
    it(`${source} has the columns and types that QuickSight is told, and rows`, async () => {
      const sql = sqlOf(source, "test");
      const described = await lived.answers.values(`select column_name, column_type from (describe ${sql})`);
      expect(described.map(([name, type]) => [name, quickSightTypes[String(type)]])).to.deep.equal(
        columnsOf(source).map(({ name, type }) => [name, type]),
      );
      const [[rows]] = (await lived.answers.values(`select count(*) from (${sql})`)) as [[number]];
      if (!mayBeEmpty.includes(source)) expect(Number(rows)).to.be.above(0);
    });

    it(`${source} is Trino`, () => {
      const statement = { file: source, sql: sqlOf(source, "test"), linesBefore: 0, mayAskClock: false };
      expect(lintTrino(statement).map(describeFinding)).to.deep.equal([]);
    });
  }
});
