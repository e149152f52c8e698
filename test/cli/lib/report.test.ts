import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { Progress } from "../../../cli/lib/progress";
import { report } from "../../../cli/lib/report";
import { folderQueries } from "../../../cli/query/named";
import { Lake } from "../../../cloud/lake/lake";
import { readLake } from "../../../cloud/localState";
import { renderQuery } from "../../../infra/sql";
import { gapsLake } from "../../support/gapsLake";

describe("the report of a run", () => {
  let dir: string;
  before(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "report-"))));
  after(() => fs.rmSync(dir, { recursive: true }));

  it("asks each named query once, on one open lake", async () => {
    const manifest = await gapsLake(dir, 9);
    const { open } = Lake;
    const { sample, typedQuery } = Lake.prototype;
    const asked: string[] = [];
    let opened = 0;
    Lake.open = (...args) => ((opened += 1), open.apply(Lake, args));
    Lake.prototype.sample = function (sql, ...rest) {
      asked.push(sql);
      return sample.call(this, sql, ...rest);
    };
    Lake.prototype.typedQuery = function (sql) {
      asked.push(sql);
      return typedQuery.call(this, sql);
    };
    try {
      const { json, shown } = await report(dir, manifest, 0, { failures: [], crawls: [] }, new Progress());
      expect(json.queries.play_gaps).to.deep.equal({ rows: 9 });
      expect(json.tables.gaps).to.include({ rows: 9, files: 1 });
      expect(shown.map(({ name, which }) => `${which} ${name}`)).to.deep.equal([
        "first playlist_summary",
        "first top_artists",
        "newest runs",
      ]);
    } finally {
      Object.assign(Lake, { open });
      Object.assign(Lake.prototype, { sample, typedQuery });
    }
    expect(opened).to.equal(1);
    for (const query of folderQueries(readLake(dir)))
      expect(asked.filter((sql) => sql.includes(renderQuery(query)))).to.have.length(1);
  });
});
