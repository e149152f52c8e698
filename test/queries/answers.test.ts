import { expect } from "chai";
import type { HeaderLine, RawLine } from "../../handlers/raw/format";
import type { Row } from "../../schemas";
import { album, artist, build, close, gap, header, object, page, played, track } from "../support/rawObjects";
import { Answers } from "../support/answers";

/** Views and named queries over rows that stand in memory, made from raw lines by the program itself. */
describe("views and named queries, of what a listener saves, follows and hears", () => {
  let answers: Answers;
  beforeEach(async () => {
    answers = await Answers.open();
  });
  afterEach(() => answers.close());
  const setRows: Answers["setRows"] = (name, rows) => answers.setRows(name, rows);
  const values: Answers["values"] = (sql) => answers.values(sql);
  const answer: Answers["answer"] = (name, given) => answers.answer(name, given);

  /** Fills the tables of a stream with what these objects hold; `change` may take rows out again. */
  async function fill(stream: string, objects: RawLine[][], change = (rows: Record<string, Row[]>) => rows) {
    for (const [name, rows] of Object.entries(change(await build(stream, ...objects)))) {
      await setRows(name, rows);
    }
  }

  /** A closed read of one page. */
  const read = (stream: string, read_seq: number, items: unknown[], fields: Partial<HeaderLine> = {}) => [
    header({ stream, read_seq, ...fields }),
    page(items, { read_seq }),
    close(items.length, { read_seq, container: fields.container ?? stream }),
  ];
  const saved = (id: string, day: string) => ({ added_at: `${day}T00:00:00Z`, album: album(id) });

  it("current_saved_albums is the newest full read and its additions", async () => {
    const additions: Partial<HeaderLine> = { read_kind: "additions", library_version: 2 };
    await fill("saved_albums", [
      read("saved_albums", 1, [saved("old", "2020-01-01"), saved("al1", "2020-01-02")]),
      read("saved_albums", 2, [saved("al1", "2020-01-02")]),
      read("saved_albums", 3, [saved("al3", "2020-01-03")], additions),
      // A run that died before its checkpoint: the same additions, and one more.
      read("saved_albums", 4, [saved("al4", "2020-01-04"), saved("al3", "2020-01-03")], additions),
    ]);
    expect(
      await values(
        "select album_id, album_name, artist_name, item_uri from current_saved_albums order by added_at",
      ),
    ).to.deep.equal([
      ["al1", "Album al1", "Ann", "spotify:album:al1"],
      ["al3", "Album al3", "Ann", "spotify:album:al3"],
      ["al4", "Album al4", "Ann", "spotify:album:al4"],
    ]);
  });

  for (const [stream, container, items] of [
    ["saved_albums", "saved_albums", [saved("al1", "2020-01-01"), saved("al2", "2020-01-01")]],
    ["followed_artists", "followed_artists", [artist("a1"), artist("a2")]],
    ["top_items", "artists:long_term", [artist("a1"), artist("a2")]],
  ] as [string, string, unknown[]][]) {
    it(`current_${stream} ignores a read with a missing row`, async () => {
      const objects = [
        read(stream, 1, items.slice(0, 1), { container }),
        read(stream, 2, items, { container }),
      ];
      const count = `select count(*) from current_${stream}`;
      const accepted = "select read_seq from accepted_reads order by 1";
      await fill(stream, objects);
      expect([await values(count), await values(accepted)]).to.deep.equal([[[2]], [[1], [2]]]);
      // The last row by key is of the second read.
      await fill(stream, objects, (rows) => ({ ...rows, [stream]: rows[stream]!.slice(0, -1) }));
      expect([await values(count), await values(accepted)]).to.deep.equal([[[1]], [[1]]]);
    });
  }

  it("accepted_reads and current_top_items keep the read before one that was rejected, until a good one comes", async () => {
    const container = "artists:long_term";
    const [head, , end] = read("top_items", 2, [1, 2, 3, 4, 5], { container });
    const rejected = [head!, page([artist("a9")], { read_seq: 2 }), end!];
    const now = "select item_id from current_top_items order by item_rank";
    await fill("top_items", [read("top_items", 1, [artist("a1"), artist("a2")], { container }), rejected]);
    expect(await values(now)).to.deep.equal([["a1"], ["a2"]]);
    expect(
      await values(
        "select rule, read_seq from quality_results where status = 'failed' and severity = 'block'",
      ),
    ).to.deep.equal([["row_count", 2]]);
    await fill("top_items", [
      read("top_items", 1, [artist("a1"), artist("a2")], { container }),
      rejected,
      read("top_items", 3, [artist("a9"), artist("a1")], { container }),
    ]);
    expect(await values(now)).to.deep.equal([["a9"], ["a1"]]);
    expect(await values("select read_seq from accepted_reads order by 1")).to.deep.equal([[1], [3]]);
  });

  it("current_followed_artists is empty once nobody is followed any more", async () => {
    const objects = [read("followed_artists", 1, [artist("a1")])];
    await fill("followed_artists", objects);
    const sql = "select list_position, artist_id, artist_name from current_followed_artists";
    expect(await values(sql)).to.deep.equal([[0, "a1", "Artist a1"]]);
    await fill("followed_artists", [...objects, read("followed_artists", 2, [])]);
    expect(await values(sql)).to.deep.equal([]);
  });

  it("top_items_now has each list as last read, however old", async () => {
    const top = (read_seq: number, container: string, ...items: unknown[]) =>
      read("top_items", read_seq, items, { container });
    await fill("top_items", [
      top(1, "artists:long_term", artist("a1")),
      top(2, "tracks:short_term", track("t1"), track("t2")),
      top(3, "tracks:short_term", track("t2")),
      top(4, "tracks:long_term", track("t1")),
    ]);
    expect(await answer("top_items_now")).to.deep.equal([
      ["me", "artist", "long_term", 1, "Artist a1", null],
      ["me", "track", "long_term", 1, "Track t1", "Ann"],
      ["me", "track", "short_term", 1, "Track t2", "Ann"],
    ]);
  });

  describe("plays", () => {
    const answered = (read_seq: number, ...items: unknown[]): RawLine[] => [
      header({ stream: "recently_played", read_seq }),
      object({ items }, { read_seq, date: "Tue, 10 Mar 2026 00:00:00 GMT" }),
    ];
    // 2026-03-01 is a Sunday, 2026-03-02 a Monday. Each track is 200 s long.
    const plays = [
      played("t1", "2026-03-01T23:59:59.999Z"),
      played("t1", "2026-03-02T00:00:00.000Z", { context: null }),
      played("t2", "2026-03-02T00:30:00.000Z"),
      played("t1", "2026-03-09T05:00:00.000Z"),
    ];

    it("all_plays has each play once, as first shown, though two days' reads hold it", async () => {
      const { plays: first } = await build("recently_played", answered(1, ...plays.slice(0, 2)));
      const { plays: second } = await build(
        "recently_played",
        answered(2, played("t1", "2026-03-02T00:00:00.000Z"), played("t2", "2026-03-02T00:00:00.000Z")),
      );
      await setRows("plays", [...second!, ...first!]);
      expect(
        await values(
          "select epoch_ms(played_at), track_id, context_type, duration_ms from all_plays order by 1, 2",
        ),
      ).to.deep.equal([
        [Date.parse("2026-03-01T23:59:59.999Z"), "t1", "playlist", 200000],
        [Date.parse("2026-03-02T00:00:00.000Z"), "t1", null, 200000],
        [Date.parse("2026-03-02T00:00:00.000Z"), "t2", "playlist", 200000],
      ]);
    });

    /** Plays of an imported history, in the extended format or that of account data. */
    const imported = async (...entries: object[]) => {
      const stream = "streaming_history";
      const objects = [header({ stream, container: stream }), object({ offset: 0, items: entries })];
      await setRows(stream, (await build(stream, objects)).streaming_history!);
    };
    const extended = (id: string, ts: string, ms_played: number, more = {}) => ({
      ts,
      ms_played,
      spotify_track_uri: `spotify:track:${id}`,
      master_metadata_track_name: `Track ${id}`,
      master_metadata_album_artist_name: "Ann",
      ...more,
    });
    const account = (id: string, endTime: string) => ({
      endTime,
      msPlayed: 40_000,
      artistName: "Ann",
      trackName: `Track ${id}`,
    });
    const origins = () =>
      values(
        "select strftime(played_at, '%d %H:%M:%S'), track_name, ms_played, origin from all_plays order by 1",
      );

    it("all_plays has the imported history up to its last play, and the API's plays after it", async () => {
      await fill("recently_played", [
        answered(
          1,
          played("t1", "2026-03-02T09:00:00.000Z"),
          // The last play of the history once more, as the API gives it, and a second one of the same track.
          played("t2", "2026-03-02T10:02:00.000Z"),
          played("t2", "2026-03-02T10:20:00.000Z"),
          played("t3", "2026-03-02T10:01:00.000Z"),
        ),
      ]);
      await imported(
        extended("t1", "2026-03-02T08:58:00Z", 1000),
        extended("t2", "2026-03-02T10:00:00Z", 90_000),
      );
      expect(await origins()).to.deep.equal([
        ["02 08:58:00", "Track t1", 1000, "import"],
        ["02 10:00:00", "Track t2", 90_000, "import"],
        ["02 10:01:00", "Track t3", null, "api"],
        ["02 10:20:00", "Track t2", null, "api"],
      ]);
      expect(
        (await answer("top_tracks_played", { to: "2026-03-02" })).map((row) => row.slice(2, 6)),
      ).to.deep.equal([
        ["Track t2", "Ann", 2, 4],
        ["Track t3", "Ann", 1, 3],
      ]);
    });

    it("all_plays has account data only where the extended history has nothing", async () => {
      await imported(
        extended("t1", "2026-03-02T08:58:30Z", 40_000),
        extended("t2", "2026-03-05T10:00:10Z", 40_000),
        account("t0", "2026-02-27 08:00"),
        account("t1", "2026-03-02 08:58"),
        account("t2", "2026-03-05 10:00"),
        account("t3", "2026-03-06 11:00"),
      );
      await fill("recently_played", [answered(1, played("t3", "2026-03-06T11:00:40.000Z"))]);
      expect(await origins()).to.deep.equal([
        ["02 08:58:30", "Track t1", 40_000, "import"],
        ["05 10:00:10", "Track t2", 40_000, "import"],
        ["06 11:00:00", "Track t3", 40_000, "import"],
        ["27 08:00:00", "Track t0", 40_000, "import"],
      ]);
    });

    it("skipped_tracks has the tracks that were heard five times and skipped most often", async () => {
      const plays = (id: string, skips: (boolean | null)[]) =>
        skips.map((skipped, index) => extended(id, `2026-03-0${index + 1}T00:00:00Z`, 1000, { skipped }));
      await imported(
        ...plays("t1", [true, false, false, false, false]),
        ...plays("t2", [true, true, true, false, null, false]),
        ...plays("t3", [true, true, true, true]),
        ...plays("t4", [false, false, false, false, false]),
      );
      expect((await answer("skipped_tracks")).map((row) => row.slice(2, 7))).to.deep.equal([
        ["Track t2", "Ann", 5, 3, 0.6],
        ["Track t1", "Ann", 5, 1, 0.2],
      ]);
    });

    it("top_tracks_played counts plays and minutes of the days that are asked for", async () => {
      await fill("recently_played", [answered(1, ...plays)]);
      const top = async (more: Record<string, string>) =>
        (await answer("top_tracks_played", { to: "2026-03-09", ...more })).map((row) => row.slice(1, 6));
      expect(await top({})).to.deep.equal([
        [1, "Track t1", "Ann", 3, 10],
        [2, "Track t2", "Ann", 1, 3],
      ]);
      expect(await top({ days: "8" })).to.deep.equal([
        [1, "Track t1", "Ann", 2, 6],
        [2, "Track t2", "Ann", 1, 3],
      ]);
      expect(await top({ to: "2026-03-01" })).to.deep.equal([[1, "Track t1", "Ann", 1, 3]]);
    });

    it("play_gaps has each gap once, to the latest end that a run saw", async () => {
      const later = { run_id: "run-2", to: "2026-03-04T04:00:00Z", at: "2026-03-04T06:00:00Z" };
      await fill("recently_played", [[gap()], [gap(later)]]);
      await imported(extended("t1", "2026-03-04T02:00:00Z", 1000), extended("t2", "2026-03-04T05:00:00Z", 1));
      expect(await answer("play_gaps", { timezone: "Europe/Berlin" })).to.deep.equal([
        ["me", "2026-03-04 02:00:00.5", "2026-03-04 05:00:00", 179, 1, "2026-03-04 06:06:08"],
      ]);
    });

    it("all_plays leaves out what the API tells again of any play in the history's last minute", async () => {
      await imported(account("t1", "2026-03-06 11:00"), account("t2", "2026-03-06 11:00"));
      await fill("recently_played", [
        answered(
          1,
          played("t1", "2026-03-06T11:00:05.000Z"),
          played("t2", "2026-03-06T11:00:59.000Z"),
          played("t3", "2026-03-06T11:00:30.000Z"),
        ),
      ]);
      expect((await origins()).map((row) => row[1])).to.have.members(["Track t1", "Track t2", "Track t3"]);
    });
  });
});
