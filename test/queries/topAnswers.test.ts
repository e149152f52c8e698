import { expect } from "chai";
import type { Row } from "../../schemas";
import { Answers } from "../support/answers";
import { minute, play } from "../support/playRow";

/** What was heard most, by hand. */
describe("views and named queries, of listening in a time zone", () => {
  let answers: Answers;
  beforeEach(async () => {
    answers = await Answers.open("Europe/Berlin");
  });
  afterEach(() => answers.close());

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
