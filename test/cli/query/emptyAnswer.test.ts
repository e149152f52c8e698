import { expect } from "chai";
import { dataDaysSql, emptyAnswer, type DataDays } from "../../../cli/query/emptyAnswer";
import { namedQueries, renderQuery, type NamedQuery } from "../../../infra/sql";
import type { Row } from "../../../schemas";
import { Answers } from "../../support/answers";
import { lintTrino } from "../../support/trino/lint";

const queryOf = (name: string): NamedQuery => namedQueries().find((query) => query.name === name)!;

describe("an answer without rows", () => {
  const given = { to: "2026-03-28" };
  const say = (name: string, days?: DataDays, values: Record<string, string> = given) =>
    emptyAnswer(queryOf(name), values, days);

  it("says which days were looked at, where the data ends, and what to give", () => {
    expect(say("top_artists", { oldest: "2019-01-01", newest: "2024-05-03" })).to.equal(
      "top_artists looked at the days from 2026-03-01 to 2026-03-28; played_on of artist_plays ends on 2024-05-03. Try --param to=2024-05-03.",
    );
    expect(
      say("runs", { oldest: "2026-05-01", newest: "2026-05-03" }, { as_of: "2026-03-02", days: "2" }),
    ).to.equal(
      "runs looked at the days from 2026-03-01 to 2026-03-02; snapshot_date of extract_runs begins on 2026-05-01. Try --param as_of=2026-05-03.",
    );
  });

  it("says so if there is no data at all, or none of a listener", () => {
    const none = { oldest: null, newest: null };
    expect(say("top_artists", none)).to.equal("There is nothing in artist_plays yet.");
    expect(say("top_artists", none, { listener: "bob" })).to.equal(
      "There is nothing in artist_plays of the listener bob yet.",
    );
  });

  it("goes back further where there is data before and after those days", () => {
    const days = { oldest: "2026-02-01", newest: "2026-04-01" };
    expect(say("top_albums", days)).to.match(
      /goes from 2026-02-01 to 2026-04-01. Try --param from=2026-02-01.$/,
    );
    expect(say("listening_by_hour", days, { as_of: "2026-03-28", days: "7" })).to.match(
      /Try --param days=56.$/,
    );
  });

  it("has the query's own reason where there is data of these days", () => {
    const days = { oldest: "2026-03-01", newest: "2026-03-28" };
    expect(say("plays_by_context", days)).to.match(/to 2026-03-28. Imported plays do not say what they/);
    expect(say("top_albums", days)).to.match(
      /to 2026-03-28. Nothing of these days is counted by the query.$/,
    );
  });

  it("has the query's own reason where it looks at no window", () => {
    expect(say("rank_movement", undefined, {})).to.match(/so many days apart yet; try a smaller days/);
    expect(say("track_history", undefined, {})).to.match(/at_least=1 shows all/);
    expect(say("library_artists", undefined, {})).to.equal(undefined);
  });

  describe("on a lake", () => {
    let answers: Answers;
    before(async () => {
      answers = await Answers.open();
    });
    after(() => answers.close());
    const dataDays = async (name: string, values: Record<string, string>) => {
      const [row] = await answers.values(dataDaysSql(queryOf(name), values)!);
      return { oldest: row![0], newest: row![1] } as DataDays;
    };

    for (const { name, window } of namedQueries())
      if (window !== undefined)
        it(`${name}: the days of its window can be asked for on both engines`, async () => {
          const sql = dataDaysSql(queryOf(name), { listener: "o'hara" })!;
          expect(lintTrino({ file: name, sql, linesBefore: 0, mayAskClock: false })).to.deep.equal([]);
          expect(await answers.values(sql)).to.deep.equal([[null, null]]);
        });

    it("after an import of old history every top list says where the plays end, and then has them", async () => {
      const play = (id: string, at: string): Row => ({
        ...{
          listener_id: "me",
          read_seq: 1,
          played_at: Date.parse(at),
          ms_played: 60_000,
          item_type: "track",
        },
        ...{
          item_key: `spotify:track:${id}`,
          track_id: id,
          item_name: id,
          artist_name: "Ann",
          album_name: "A",
        },
        ...{ export_format: "extended" },
      });
      await answers.setRows("streaming_history", [
        play("a", "2019-05-03T10:00:00Z"),
        play("b", "2018-01-01T10:00:00Z"),
      ]);
      for (const name of [
        "top_artists",
        "top_tracks_played",
        "top_albums",
        "listening_by_hour",
        "listening_by_day",
      ]) {
        const query = queryOf(name);
        const last = query.parameters.some((parameter) => parameter.name === "to") ? "to" : "as_of";
        expect(await answers.values(renderQuery(query)), name).to.deep.equal([]);
        const message = emptyAnswer(query, {}, await dataDays(name, {}))!;
        expect(message).to.match(new RegExp(`ends on 2019-05-03. Try --param ${last}=2019-05-03.$`));
        expect(await answers.values(renderQuery(query, { [last]: "2019-05-03" })), name).not.to.be.empty;
      }
      expect(await dataDays("top_artists", { listener: "bob" })).to.deep.equal({
        oldest: null,
        newest: null,
      });
    });
  });
});
