import { expect } from "chai";
import { tableSentence, unknownTable } from "../../../cli/query/tableNames";
import { Answers } from "../../support/answers";

describe("the name of a table", () => {
  const read = (name: string) => `read it with: npx spotify-lake query "select * from ${name} limit 10"`;

  it("that is asked for as a named query gets a sentence that says how to read it", () => {
    expect(tableSentence("tracks")).to.equal(
      `tracks is a table, not a named query. Its view current_tracks has each thing once; ${read("current_tracks")}`,
    );
    expect(tableSentence("plays")).to.include("from all_plays limit 10");
    expect(tableSentence("skips")).to.equal(
      `skips is a table, not a named query. R${read("skips").slice(1)}`,
    );
    expect(tableSentence("artist_plays")).to.match(
      /^artist_plays is a view, not .* from artist_plays limit 10"$/,
    );
    expect(tableSentence("top_artists")).to.equal(undefined);
  });

  describe("that is unknown", () => {
    let answers: Answers;
    before(async () => {
      answers = await Answers.open();
    });
    after(() => answers.close());
    const message = async (sql: string) => {
      try {
        await answers.values(sql);
      } catch (error) {
        return unknownTable((error as Error).message);
      }
      throw new Error("It ran.");
    };
    const all = 'All of them: npx spotify-lake query "show tables"';

    it("gets the nearest of the lake's, not DuckDB's own", async () => {
      expect(await message("select 1 from trakcs")).to.equal(
        `There is no table or view trakcs; did you mean tracks? ${all}`,
      );
      expect(await message("select 1 from test.current_track")).to.match(/did you mean current_tracks\?/);
      expect(await message("select 1 from pg_catalogue")).to.equal(
        `There is no table or view pg_catalogue. ${all}`,
      );
      expect(await message('select 1 from "Nonesuch thing"')).to.match(/^There is no table or view Nonesuch/);
    });

    it("gets the same for Athena's message", () => {
      const message = "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.lake.trakcs' does not exist";
      expect(unknownTable(message)).to.equal(`There is no table or view trakcs; did you mean tracks? ${all}`);
    });

    it("is no other failure", async () =>
      expect(await message("select nonesuch from tracks")).to.equal(undefined));
  });
});
