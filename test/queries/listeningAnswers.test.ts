import { expect } from "chai";
import type { Row } from "../../schemas";
import { Answers } from "../support/answers";

const minute = 60_000;

/** A play of a track of three minutes by an artist of its own, told by the API. */
const play = (id: string, playedAt: string, more: Row = {}): Row => ({
  listener_id: "me",
  read_seq: 1,
  played_at: Date.parse(playedAt),
  track_id: id,
  item_uri: `spotify:track:${id}`,
  track_name: `Track ${id}`,
  artist_name: `Artist ${id}`,
  album_name: `Album ${id}`,
  duration_ms: 3 * minute,
  ...more,
});

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
    const utc = await answers.answer("listening_by_hour", { as_of: "2026-03-29", timezone: "UTC" });
    expect(utc).to.deep.equal([
      ["me", 7, 0, 1, 3],
      ["me", 7, 1, 1, 3],
      ["me", 7, 21, 1, 3],
      ["me", 7, 22, 1, 3],
    ]);
  });

  it("listening_by_hour has both of the hours that are told as 02 when the clocks go back", async () => {
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

  it("top_artists goes by plays or by minutes", async () => {
    const long = { artist_name: "Long", duration_ms: 10 * minute };
    await answers.setRows("plays", [
      play("t1", "2026-03-02T10:00:00Z"),
      play("t1", "2026-03-02T11:00:00Z"),
      play("t2", "2026-03-02T12:00:00Z", long),
    ]);
    const by = async (way: string) =>
      (await answers.answer("top_artists", { to: "2026-03-02", by: way })).map((row) => row.slice(1, 5));
    expect(await by("plays")).to.deep.equal([
      [1, "Artist t1", 2, 6],
      [2, "Long", 1, 10],
    ]);
    expect(await by("minutes")).to.deep.equal([
      [1, "Long", 1, 10],
      [2, "Artist t1", 2, 6],
    ]);
  });

  describe("with genres", () => {
    const genre = (artist_id: string, read_seq: number, ...genres: string[]): Row[] =>
      genres.map((word, genre_position) => ({ artist_id, read_seq, genre_position, genre: word }));
    const credits: Row[] = [
      ["t1", 0, "ann"],
      ["t1", 1, "bob"],
      ["t2", 0, "bob"],
    ].map(([track_id, artist_position, artist_id]) => ({
      ...{ read_seq: 1, track_id: track_id!, artist_position: artist_position! },
      ...{ artist_id: artist_id!, artist_name: artist_id! },
    }));
    beforeEach(async () => {
      await answers.setRows("artist_genres", [
        ...genre("ann", 1, "ska", "jazz"),
        ...genre("ann", 2, "folk"),
        ...genre("bob", 1, "folk", "dub"),
      ]);
      await answers.setRows("track_artists", credits);
      await answers.setRows("artists", [{ read_seq: 1, artist_id: "ann", name: "Ann", fetched_at: 0 }]);
    });

    it("current_artist_genres has those of the newest answer that has any", async () => {
      const sql =
        "select artist_id, artist_name, genre_position, genre from current_artist_genres order by 1, 3";
      expect(await answers.values(sql)).to.deep.equal([
        ["ann", "Ann", 0, "folk"],
        ["bob", null, 0, "folk"],
        ["bob", null, 1, "dub"],
      ]);
    });

    it("top_genres counts a play once for a genre that two of its artists share", async () => {
      await answers.setRows("plays", [
        play("t1", "2026-03-01T10:00:00Z"),
        play("t2", "2026-03-02T10:00:00Z", { duration_ms: 20 * minute }),
        play("t3", "2026-03-02T11:00:00Z"),
        play("t1", "2026-03-02T10:00:00Z", { listener_id: "eve" }),
      ]);
      const top = (more: Record<string, string>) =>
        answers.answer("top_genres", { to: "2026-03-02", ...more });
      expect(await top({})).to.deep.equal([
        ["eve", 1, "dub", 1, 3, 1, "2026-03-02"],
        ["eve", 2, "folk", 1, 3, 2, "2026-03-02"],
        ["me", 1, "dub", 2, 23, 1, "2026-03-02"],
        ["me", 2, "folk", 2, 23, 2, "2026-03-02"],
      ]);
      expect(await top({ from: "2026-03-02", listener: "me", limit: "1" })).to.deep.equal([
        ["me", 1, "dub", 1, 20, 1, "2026-03-02"],
      ]);
    });
  });

  describe("top lists", () => {
    beforeEach(() =>
      answers.setRows("plays", [
        play("t1", "2026-01-01T10:00:00Z"),
        play("t1", "2026-01-01T11:00:00Z"),
        play("t2", "2026-02-20T10:00:00Z"),
        play("t3", "2026-03-02T10:00:00Z"),
        play("t3", "2026-03-02T10:00:00Z", { listener_id: "ann" }),
      ]),
    );

    for (const [name, called] of [
      ["top_artists", "Artist"],
      ["top_tracks_played", "Track"],
      ["top_albums", "Album"],
    ] as const)
      it(`${name} takes from, to, days, limit and listener`, async () => {
        const top = async (values: Record<string, string>) =>
          (await answers.answer(name, { to: "2026-03-02", ...values })).map((row) => row.slice(0, 3));
        const mine = (...ids: string[]) => ids.map((id, at) => ["me", at + 1, `${called} ${id}`]);
        const anns = ["ann", 1, `${called} t3`];
        const listener = "me";
        expect(await top({ listener })).to.deep.equal(mine("t2", "t3"));
        expect(await top({ listener, days: "1" })).to.deep.equal(mine("t3"));
        expect(await top({ listener, from: "2026-01-01" })).to.deep.equal(mine("t1", "t2", "t3"));
        expect(await top({ listener, from: "2026-01-01", to: "2026-02-20" })).to.deep.equal(mine("t1", "t2"));
        expect(await top({ listener: "bob" })).to.deep.equal([]);
        expect(await top({})).to.deep.equal([anns, ...mine("t2", "t3")]);
        expect(await top({ limit: "1" })).to.deep.equal([anns, ...mine("t2")]);
      });

    it("plays_by_context takes the same", async () => {
      const from = (context_type: string, at: string): Row =>
        play("t1", at, { context_type, context_uri: `spotify:${context_type}:x` });
      await answers.setRows("plays", [
        from("album", "2026-01-01T10:00:00Z"),
        from("album", "2026-01-01T11:00:00Z"),
        from("playlist", "2026-03-02T10:00:00Z"),
        { ...from("artist", "2026-03-02T10:00:00Z"), listener_id: "ann" },
      ]);
      const top = async (values: Record<string, string>) =>
        (await answers.answer("plays_by_context", { to: "2026-03-02", ...values })).map((row) =>
          row.slice(0, 3),
        );
      expect(await top({})).to.deep.equal([
        ["ann", 1, "artist"],
        ["me", 1, "playlist"],
      ]);
      expect(await top({ from: "2026-01-01", listener: "me", limit: "1" })).to.deep.equal([
        ["me", 1, "album"],
      ]);
    });
  });
});
