import { expect } from "chai";
import { asOfDay, namedQueries, recipes, renderQuery, views, type NamedQuery } from "../../infra/sql";
import { tables } from "../../schemas";
import { Answers } from "../support/answers";
import { lastDay, tieRows } from "../support/tieLake";

/** Values with which queries find something in a few days. */
const closer: Record<string, Record<string, string>> = {
  rank_movement: { days: "1" },
  track_history: { at_least: "1" },
  skipped_tracks: { at_least: "1" },
  listening_streaks: { at_least: "1" },
};

/** Parameters that cut a list where it has ties. */
const cut = ({ parameters }: NamedQuery): Record<string, string> =>
  parameters.some(({ name }) => name === "limit") ? { limit: "2" } : {};

describe("views and named queries, whatever order the rows of tables come in", function () {
  this.timeout(240_000);
  for (const seed of [1, 2])
    describe(`lake ${seed}, full of ties`, () => {
      let answers: Answers;
      before(async () => {
        answers = await Answers.open("Europe/Berlin");
        for (const [name, rows] of tieRows(seed)) {
          await answers.setRows(name, rows);
          await answers.lake.query(`create table rows_of_${name} as select * from ${name}`);
        }
      });
      after(() => answers.close());

      const shuffle = async (round: number) => {
        for (const { name } of tables) {
          const order = `md5(concat(rowid, ' ${round} ${name}'))`;
          await answers.lake.query(
            `create or replace table shuffled_${name} as select * from rows_of_${name} order by ${order}`,
          );
          await answers.lake.query(`create or replace view ${name} as select * from shuffled_${name}`);
        }
      };
      const statements = new Map([
        ...namedQueries("Europe/Berlin").map((query): [string, string] => [
          `queries/${query.name}`,
          renderQuery(query, { ...asOfDay(query, lastDay), ...closer[query.name], ...cut(query) }),
        ]),
        ...recipes("Europe/Berlin").map(({ name, sql }): [string, string] => [`docs/recipes/${name}`, sql]),
        ...views().map(({ name, columns }): [string, string] => [
          `views/${name}`,
          `select ${columns.map((column) => column.name).join(", ")} from ${name} order by all`,
        ]),
      ]);
      const all = async () => {
        const found = new Map<string, unknown[][]>();
        for (const [name, sql] of statements) found.set(name, await answers.values(sql));
        return found;
      };

      it("has the same answers", async () => {
        await shuffle(0);
        const first = await all();
        const unlike = new Set<string>();
        for (let round = 1; round < 4; round += 1) {
          await shuffle(round);
          for (const [name, rows] of await all())
            if (JSON.stringify(rows) !== JSON.stringify(first.get(name))) unlike.add(name);
        }
        expect([...unlike]).to.deep.equal([]);
        const empty = [...first].filter(([, rows]) => rows.length === 0).map(([name]) => name);
        expect(empty, "without rows").to.deep.equal([]);
      });

      it("has no two rows of a query's key", async () => {
        for (const query of namedQueries()) {
          const key = query.key.map((part) => part.split(".").at(-1)!);
          const shown = query.columns.map(({ name }) => name);
          if (!key.every((name) => shown.includes(name))) continue;
          const at = key.map((name) => shown.indexOf(name));
          const rows = await answers.answer(query.name, {
            ...asOfDay(query, lastDay),
            ...closer[query.name],
          });
          const keys = rows.map((row) => JSON.stringify(at.map((index) => row[index])));
          expect(new Set(keys).size, query.name).to.equal(keys.length);
        }
      });
    });
});
