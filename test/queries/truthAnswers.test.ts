import { expect } from "chai";
import { asOfDay, namedQueries } from "../../infra/sql";
import { expectedChanges, expectedLibrary } from "../support/expectedLibrary";
import { expectedListening } from "../support/expectedListening";
import { liveDays, type LivedLake } from "../support/livedLake";
import { localTime } from "../support/localTime";

/** Here the clocks go forward on 2026-03-08. */
const timezone = "America/New_York";

describe("named queries answer what the simulated listener did", function () {
  this.timeout(120_000);
  let lived: LivedLake;
  let asOf: string;
  let expected: ReturnType<typeof expectedListening> & ReturnType<typeof expectedLibrary>;
  before(async () => {
    lived = await liveDays(9, timezone);
    asOf = localTime(lived.days.at(-1)!.readAt, timezone).day;
    expected = {
      ...expectedListening(lived.plays, timezone, asOf),
      ...expectedLibrary(lived, timezone, asOf),
    };
  });
  after(() => lived.answers.close());

  const names = [
    ...["top_artists", "top_tracks_played", "listening_by_hour", "listening_by_day", "listening_streaks"],
    ...["discoveries_per_month", "playlist_contents", "playlist_summary", "unavailable_and_local"],
    ...["duplicates_in_playlists", "playlist_overlap", "saved_per_month", "explicit_share"],
    ...["longest_and_shortest", "release_decades", "artist_pairs", "forgotten_favourites"],
  ] as (keyof typeof expected)[];
  for (const name of names) {
    it(name, async () => {
      expect(expected[name]).not.to.be.empty;
      const query = namedQueries().find((one) => one.name === name)!;
      expect(await lived.answers.answer(name, asOfDay(query, asOf))).to.deep.equal(expected[name]);
    });
  }

  it("top_genres, with extended quota", async () => {
    const extended = await liveDays(2, timezone, "extended");
    const day = localTime(extended.days.at(-1)!.readAt, timezone).day;
    const { top_genres } = expectedListening(extended.plays, timezone, day);
    expect(top_genres).to.have.length.greaterThan(5);
    expect(await extended.answers.answer("top_genres", { to: day })).to.deep.equal(top_genres);
    extended.answers.close();
  });

  it("the view playlist_changes", async () => {
    const changes = expectedChanges(lived.days);
    expect(new Set(changes.map((row) => row[1]))).to.deep.equal(new Set(["added", "removed"]));
    const held = await lived.answers.values(
      `select playlist_id, change, item_uri, epoch_ms(added_at), epoch_ms(noticed_at) from playlist_changes`,
    );
    expect(held).to.have.deep.members(changes);
  });
});
