import { expect } from "chai";
import { build, header, object } from "../../support/rawObjects";

const stream = "streaming_history";
const entry = {
  ts: "2023-05-06T07:08:09Z",
  platform: "ios",
  ms_played: 65_432,
  conn_country: "SE",
  master_metadata_track_name: "Song",
  master_metadata_album_artist_name: "Ann",
  master_metadata_album_album_name: "Album",
  spotify_track_uri: "spotify:track:t1",
  reason_start: "clickrow",
  reason_end: "fwdbtn",
  shuffle: true,
  skipped: true,
  offline: false,
  incognito_mode: false,
};
const noItem = {
  ...entry,
  spotify_track_uri: null,
  master_metadata_track_name: null,
};

const rowsOf = (read_seq: number, items: unknown[], offset = 0) => [
  header({ stream, container: stream, read_seq, run_id: `import-${read_seq}` }),
  object({ offset, items }, { read_seq }),
];

describe("rows of an imported history", () => {
  it("have what an extended export says about a track", async () => {
    const [row] = (await build(stream, rowsOf(7, [entry]))).streaming_history!;
    expect(row).to.deep.include({
      listener_id: "me",
      played_at: Date.parse("2023-05-06T07:08:09Z"),
      ms_played: 65_432,
      item_key: "spotify:track:t1",
      item_type: "track",
      track_id: "t1",
      item_name: "Song",
      artist_name: "Ann",
      album_name: "Album",
      platform: "ios",
      country: "SE",
      reason_start: "clickrow",
      reason_end: "fwdbtn",
      shuffle: true,
      skipped: true,
      offline: false,
      incognito_mode: false,
      export_format: "extended",
      run_id: "import-7",
    });
  });

  const others: [string, object, object][] = [
    [
      "an episode",
      { ...noItem, spotify_episode_uri: "spotify:episode:e", episode_name: "E", episode_show_name: "Show" },
      {
        item_type: "episode",
        item_key: "spotify:episode:e",
        item_name: "E",
        artist_name: "Show",
        track_id: null,
      },
    ],
    [
      "a chapter",
      { ...noItem, audiobook_title: "Book", audiobook_uri: "spotify:show:b", audiobook_chapter_title: "1" },
      { item_type: "chapter", item_key: "spotify:show:b", item_name: "1", artist_name: "Book" },
    ],
    [
      "account data",
      { endTime: "2023-05-06 07:08", artistName: "Ann", trackName: "Song", msPlayed: 5 },
      {
        item_type: "track",
        item_key: "Ann - Song",
        export_format: "account",
        played_at: Date.UTC(2023, 4, 6, 7, 8),
      },
    ],
    [
      "a podcast in account data",
      { endTime: "2023-05-06 07:08", podcastName: "Show", episodeName: "E", msPlayed: 5 },
      { item_type: "episode", item_key: "Show - E", artist_name: "Show" },
    ],
  ];
  for (const [what, from, expected] of others)
    it(`have what is known of ${what}`, async () => {
      expect((await build(stream, rowsOf(1, [from]))).streaming_history![0]).to.deep.include(expected);
    });

  it("are one for a play that two files hold, another for another length or moment", async () => {
    const later = { ...entry, ts: "2023-05-06T07:08:10Z" };
    const longer = { ...entry, ms_played: 65_433 };
    const rows = await build(stream, rowsOf(2, [entry, later, entry]), rowsOf(1, [longer, entry]));
    expect(rows.streaming_history!.map((row) => [row.played_at, row.ms_played, row.read_seq])).to.deep.equal([
      [Date.parse(entry.ts), 65_432, 1],
      [Date.parse(entry.ts), 65_433, 1],
      [Date.parse(later.ts), 65_432, 2],
    ]);
  });

  it("are skips, by their place in the file, of what is no play", async () => {
    const odd = [null, 5, { ...entry, ts: "yesterday" }, { ...entry, ms_played: -1 }, noItem, entry];
    const rows = await build(stream, rowsOf(1, odd, 1000));
    expect(rows.streaming_history).to.have.length(1);
    expect(rows.skips!.map((row) => [row.item_position, row.reason])).to.deep.equal([
      [1000, "null_entry"],
      [1001, "null_entry"],
      [1002, "no_time"],
      [1003, "no_time"],
      [1004, "no_id"],
    ]);
  });
});
