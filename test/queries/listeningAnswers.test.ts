import { expect } from "chai";
import type { Row } from "../../schemas";
import { Answers } from "../support/answers";
import { play } from "../support/playRow";

/** What was heard by day and hour, by hand: months end, clocks change, and what is short does not count. */
describe("views and named queries, of listening in a time zone", () => {
  let answers: Answers;
  beforeEach(async () => {
    answers = await Answers.open("Europe/Berlin");
  });
  afterEach(() => answers.close());

  it("listening_by_hour tells the hours before and after Berlin's clocks go forward", async () => {
    // 2026-03-29 is a Sunday; at 01:00 UTC it is 02:00, and at once 03:00.
    await answers.setRows("plays", [
      play("t1", "2026-03-29T00:59:59Z"),
      play("t2", "2026-03-29T01:00:00Z"),
      play("t3", "2026-03-29T21:59:59Z"),
      play("t4", "2026-03-29T22:00:00Z"),
    ]);
    expect(await answers.answer("listening_by_hour", { as_of: "2026-03-30" })).to.deep.equal([
      ["me", 1, 0, 1, 3],
      ["me", 7, 1, 1, 3],
      ["me", 7, 3, 1, 3],
      ["me", 7, 23, 1, 3],
    ]);
    const hours = "select played_on, weekday, hour_of_day, plays, minutes from listening_hours order by 1, 3";
    expect(await answers.values(hours)).to.deep.equal([
      ["2026-03-29", 7, 1, 1, 3],
      ["2026-03-29", 7, 3, 1, 3],
      ["2026-03-29", 7, 23, 1, 3],
      ["2026-03-30", 1, 0, 1, 3],
    ]);
    const utc = await answers.answer("listening_by_hour", { as_of: "2026-03-29", timezone: "UTC" });
    expect(utc).to.deep.equal([
      ["me", 7, 0, 1, 3],
      ["me", 7, 1, 1, 3],
      ["me", 7, 21, 1, 3],
      ["me", 7, 22, 1, 3],
    ]);
  });

  it("listening_by_hour has both of the hours that are shown as 02 when the clocks go back", async () => {
    const times = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"];
    await answers.setRows(
      "plays",
      times.map((time) => play("t1", time)),
    );
    expect(await answers.answer("listening_by_hour", { as_of: "2026-10-25" })).to.deep.equal([
      ["me", 7, 2, 2, 6],
      ["me", 7, 3, 1, 3],
    ]);
  });

  it("daily_listening counts a day's plays, and what is heard for the first time", async () => {
    await answers.setRows("plays", [
      play("t1", "2026-03-01T22:59:00Z"),
      play("t1", "2026-03-01T23:00:00Z"),
      play("t2", "2026-03-02T10:00:00Z", { artist_name: "Artist t1" }),
      play("t2", "2026-03-02T10:00:00Z", { listener_id: "ann" }),
    ]);
    const sql = `select listener_id, played_on, plays, minutes, tracks, artists, new_tracks
      from daily_listening order by 1, 2`;
    expect(await answers.values(sql)).to.deep.equal([
      ["ann", "2026-03-02", 1, 3, 1, 1, 1],
      ["me", "2026-03-01", 1, 3, 1, 1, 1],
      ["me", "2026-03-02", 2, 6, 2, 1, 1],
    ]);
  });

  it("daily_listening leaves out what was heard for less than half a minute", async () => {
    const heard = (at: string, ms_played: number): Row => ({
      ...{
        listener_id: "me",
        read_seq: 1,
        played_at: Date.parse(at),
        ms_played,
        item_key: "spotify:track:t1",
      },
      ...{ item_type: "track", track_id: "t1", export_format: "extended" },
    });
    await answers.setRows("streaming_history", [
      heard("2026-03-02T10:00:00Z", 29_999),
      heard("2026-03-02T11:00:00Z", 30_000),
      heard("2026-03-03T10:00:00Z", 0),
    ]);
    expect(await answers.values("select played_on, plays, minutes from daily_listening")).to.deep.equal([
      ["2026-03-02", 1, 0],
    ]);
  });

  it("listening_by_day has a mean over seven days, those without plays and those before the period included", async () => {
    await answers.setRows("plays", [
      play("t1", "2026-03-01T12:00:00Z"),
      play("t1", "2026-03-02T12:00:00Z"),
      play("t2", "2026-03-02T13:00:00Z"),
      play("t1", "2026-03-09T12:00:00Z"),
    ]);
    expect(await answers.answer("listening_by_day", { as_of: "2026-03-09", days: "8" })).to.deep.equal([
      ["me", "2026-03-02", 2, 6, 2, 1, 0.4, 1.3],
      ["me", "2026-03-09", 1, 3, 1, 0, 0.1, 0.4],
    ]);
  });

  it("listening_streaks go on over the end of a month, and end with a day without a play", async () => {
    const days = ["02-26", "02-27", "02-28", "03-01", "03-03", "03-05", "03-06"];
    await answers.setRows("plays", [
      ...days.map((day) => play("t1", `2026-${day}T12:00:00Z`)),
      play("t2", "2026-03-06T12:30:00Z"),
    ]);
    const streaks = [
      ["me", "2026-02-26", "2026-03-01", 4, 4, 12, false],
      ["me", "2026-03-05", "2026-03-06", 2, 3, 9, true],
    ];
    expect(await answers.answer("listening_streaks", { as_of: "2026-03-07" })).to.deep.equal(streaks);
    expect(await answers.answer("listening_streaks", { as_of: "2026-03-08", at_least: "1" })).to.deep.equal([
      streaks[0],
      [...streaks[1]!.slice(0, 6), false],
      ["me", "2026-03-03", "2026-03-03", 1, 1, 3, false],
    ]);
  });

  it("discoveries_per_month has each track and artist in the month of its first play", async () => {
    await answers.setRows("plays", [
      play("t1", "2026-02-28T22:59:59Z"),
      // March has begun in Berlin.
      play("t2", "2026-02-28T23:00:00Z", { artist_name: "Artist t1" }),
      play("t1", "2026-03-05T12:00:00Z"),
      play("t3", "2026-03-06T12:00:00Z"),
    ]);
    expect(await answers.answer("discoveries_per_month")).to.deep.equal([
      ["me", "2026-02-01", 1, 1, 1, 1],
      ["me", "2026-03-01", 2, 1, 3, 0.667],
    ]);
  });

  it("artist_plays has a row for each credit, and finds the artist of a play that only names them", async () => {
    const credit = (track_id: string, artist_position: number, artist_id: string): Row => ({
      ...{ read_seq: 1, track_id, artist_position, artist_id, artist_name: `${artist_id} as credited` },
    });
    await answers.setRows("track_artists", [credit("t1", 0, "ann"), credit("t1", 1, "bob")]);
    const artist = (artist_id: string, name: string): Row => ({
      read_seq: 1,
      artist_id,
      name,
      fetched_at: 0,
    });
    await answers.setRows("artists", [
      artist("ann", "Ann"),
      artist("bob", ""),
      artist("cat", "Cat"),
      artist("x1", "Twin"),
      artist("x2", "Twin"),
    ]);
    await answers.setRows("plays", [
      play("t1", "2026-03-02T10:00:00Z"),
      play("t2", "2026-03-02T11:00:00Z", { artist_name: "Cat" }),
      play("t3", "2026-03-02T12:00:00Z", { artist_name: "Twin" }),
      play("t4", "2026-03-02T13:00:00Z", { item_uri: "spotify:episode:t4" }),
      play("t5", "2026-03-02T14:00:00Z", { artist_name: null }),
    ]);
    expect(
      await answers.values(
        "select item_key, artist_position, artist_id, artist_name from artist_plays order by played_at, 2",
      ),
    ).to.deep.equal([
      ["spotify:track:t1", 0, "ann", "Ann"],
      ["spotify:track:t1", 1, "bob", "bob as credited"],
      ["spotify:track:t2", 0, "cat", "Cat"],
      ["spotify:track:t3", 0, null, "Twin"],
    ]);
  });
});
