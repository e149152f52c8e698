import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { namedQueries, renderQuery, views } from "../../infra/sql";
import { Lake } from "../../local/lake";
import { sourceManifest } from "../support/manifest";

const duckTypes = {
  string: "VARCHAR",
  int: "INTEGER",
  bigint: "BIGINT",
  double: "DOUBLE",
  boolean: "BOOLEAN",
  timestamp: "TIMESTAMP",
  date: "DATE",
};

describe("views and named queries", () => {
  let dir: string;
  let lake: Lake;
  before(async () => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), "lake-"));
    lake = await Lake.open(sourceManifest(), dir);
  });
  after(() => {
    lake.close();
    fs.rmSync(dir, { recursive: true });
  });

  it("there are at least six named queries, each with a title and a question", () => {
    expect(namedQueries().length).to.be.at.least(6);
    for (const { title, question } of namedQueries()) {
      expect(title).to.match(/^[A-Z]/);
      expect(question).to.match(/\?$/);
    }
  });

  for (const view of views()) {
    it(`${view.name} has the columns and types that its head declares`, async () => {
      const { rows } = await lake.query(`describe select * from ${view.name}`);
      expect(rows.map((row) => [row.column_name, row.column_type])).to.deep.equal(
        view.columns.map(({ name, type }) => [name, duckTypes[type]]),
      );
    });
  }

  for (const query of namedQueries()) {
    it(`${query.name} runs on an empty lake and answers with no rows`, async () => {
      expect((await lake.query(renderQuery(query))).rows).to.deep.equal([]);
    });
  }

  it("keep to what Athena and DuckDB both read: no select *, no semicolon, no bare cast by ::", () => {
    const texts = namedQueries().map(({ name, template }) => ({ name, sql: template }));
    for (const { name, sql } of [...views(), ...texts]) {
      expect(sql, name).not.to.match(/select\s+\*|;|::|\bilike\b|\bqualify\b/i);
      expect(sql, name).not.to.match(/\bcurrent_date\b/i);
    }
  });
});
