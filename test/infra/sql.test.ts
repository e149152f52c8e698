import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { namedQueries, renderQuery, views } from "../../infra/sql";
import { Lake } from "../../cloud/lake/lake";
import { sourceManifest } from "../../cloud/memory/sourceManifest";

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

  it("there are at least 22 named queries, each with a title, a question and columns that say what they are", () => {
    expect(namedQueries().length).to.be.at.least(22);
    for (const { title, question, columns, parameters } of namedQueries()) {
      expect(title).to.match(/^[A-Z]/);
      expect(question).to.match(/\?$/);
      for (const { name, meaning } of [...columns, ...parameters])
        expect(meaning, name).to.match(/^[A-Z0-9a-z].*\.$/);
    }
    expect(new Set(namedQueries().map(({ title }) => title)).size).to.equal(namedQueries().length);
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
    it(`${query.name} has the columns and types that its head declares, and no rows on an empty lake`, async () => {
      const { rows } = await lake.query(`describe ${renderQuery(query)}`);
      expect(rows.map((row) => [row.column_name, row.column_type])).to.deep.equal(
        query.columns.map(({ name, type }) => [name, duckTypes[type]]),
      );
      expect((await lake.query(renderQuery(query))).rows).to.deep.equal([]);
    });

    it(`${query.name} answers in one order`, () => {
      expect(query.template).to.match(/\norder by\b[^()]*$/);
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
