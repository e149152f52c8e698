/** One file of more than 300 lines: its tests share one simulation, which takes most of a minute. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Readable } from "node:stream";
import { expect } from "chai";
import { asOfDay, namedQueries, renderQuery } from "../../infra/sql";
import { importFile } from "../../cli/import/history-file";
import { readFolder } from "../../cloud/localState";
import { Lake } from "../../cloud/lake/lake";
import { simulate, type Use } from "../../cli/lib/run";
import { libraryAt, readablePlaylists } from "../../simulator/library";
import { listeningOf } from "../../simulator/listening";
import { uriOf } from "../../simulator/model";
import type { Report } from "../../cli/lib/report";
import { run as command } from "../support/commandLine";
import { oneThread } from "../support/oneThread";
import { rebuildLake } from "../support/rebuildLake";
import { expectedIds, expectedItems, expectedSaved, shown, sortedRows } from "../support/truth";
import type { TableFormat } from "../../schemas/formats";

const dayMs = 86_400_000;
const from = Date.parse("2026-02-26T00:00:00Z");
const seed = 7;
const days = 3;

/** What the settings name beside all of the listener's: an album, an artist and a search of the simulated catalogue. */
const named = libraryAt({ seed, start: from, now: from }).allTracks.find(({ album }) => album !== null)!;
const word = /[a-z]{4,}/.exec(named.artists[0]!.name)![0];
/** A history that an earlier export holds: one odd title, played six times. */
const history = Array.from({ length: 6 }, (_, index) => ({
  ts: `2020-01-0${index + 1}T12:00:00Z`,
  ms_played: 10_000 * index,
  spotify_track_uri: "spotify:track:0000000000000000000000",
  master_metadata_track_name: 'Odd "title",\twith \\N',
  master_metadata_album_artist_name: "Ann",
  skipped: index < 3,
}));

/** What the simulated days need not bring about. */
const mayBeEmpty = [
  "play_gaps",
  "known_gaps",
  "rank_movement",
  "track_history",
  "quality_failures",
  "top_genres",
  "current_artist_genres",
];
const lastDay = new Date(from + (days - 1) * dayMs).toISOString().slice(0, 10);

const sources = [
  "me",
  "podcasts",
  `album:${named.album!.id}`,
  `artist:${named.artists[0]!.id}`,
  `search:${word}`,
];

/**
 * The whole pipeline over simulated days, across the end of a month, and its raw made into a lake of either format. One
 * file, although it is long: all its tests share one simulation.
 */
describe("the pipeline on the embedded cloud", function () {
  this.timeout(240_000);
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "pipeline-"));
  const settings = { sources: JSON.stringify(sources), crawlerSchedule: "daily" };
  let report: Report;
  const lakes: Partial<Record<TableFormat, Lake>> = {};

  const importHistory: Use = async ({ cloud }) => {
    const store = cloud.store("raw");
    const open = async () => Readable.from([Buffer.from(JSON.stringify(history))]);
    await importFile({ name: "history.json", size: 0, open }, { store, listener: "me", keepPrivate: false });
  };
  const run = (more: { days: number }) =>
    simulate({
      days: more.days,
      from,
      seed,
      settings: { ...settings, tableFormat: "parquet" },
      out: path.join(root, "parquet"),
      first: more.days === days ? importHistory : undefined,
    });
  const open = async (format: TableFormat) => {
    const dir = path.join(root, format);
    const lake = await Lake.open(readFolder(dir)!.manifest, dir);
    await oneThread(lake);
    return lake;
  };

  before(async () => {
    for (const format of ["parquet", "csv"]) fs.mkdirSync(path.join(root, format));
    report = await run({ days });
    await rebuildLake(path.join(root, "parquet"), path.join(root, "csv"), "csv");
    for (const format of ["parquet", "csv"] as const) lakes[format] = await open(format);
  });
  after(() => {
    for (const lake of Object.values(lakes)) lake.close();
    fs.rmSync(root, { recursive: true });
  });

  /** The simulator's library as the last run saw it. */
  const truth = () => libraryAt({ seed, start: from, now: from + days * dayMs - 1 });

  it("completes a run a day, and one every three hours for plays, without a failure", () => {
    const { json } = report;
    expect(json.failures).to.equal(0);
    expect(json.runs.map(({ status }) => status)).to.deep.equal(Array(days * 9).fill("complete"));
    expect([...new Set(json.runs.map(({ date }) => date))]).to.deep.equal([
      "2026-02-26",
      "2026-02-27",
      "2026-02-28",
    ]);
  });

  it("starts each run at the second of its schedule, and lets only calls take time", async () => {
    const { rows } = await lakes.parquet!.query(
      `select distinct extract(hour from started_at) * 60 + extract(minute from started_at) as minute,
         epoch_ms(started_at) % 60000 as rest, duration_ms - 100 * calls as beyond from extract_runs order by minute`,
    );
    const plays = Array.from({ length: 8 }, (_, index) => index * 180);
    const minutes = [...plays, 4 * 60 + 15].sort((a, b) => a - b);
    expect(rows.map((row) => [row.minute, row.rest, row.beyond].map(Number))).to.deep.equal(
      minutes.map((minute) => [minute, 0, 100]),
    );
  });

  it("reads everything on the first day and only what changed on the others", () => {
    const calls = new Map<string, number>();
    for (const run of report.json.runs) calls.set(run.date, (calls.get(run.date) ?? 0) + run.calls);
    const [first, ...others] = calls.values();
    for (const other of others) expect(other).to.be.below(first! / 2);
  });

  it("reads the album, the artist and the search that the settings name", async () => {
    const lake = lakes.csv!;
    const found = async (sql: string) => (await lake.query(sql)).rows;
    const { id, name, totalTracks } = named.album!;
    const [album] = await found(`select name, total_tracks from albums where source = 'album:${id}'`);
    expect(album).to.deep.equal({ name, total_tracks: totalTracks });
    const [artist] = await found(`select name from artists where artist_id = '${named.artists[0]!.id}' and
      source = 'artist:${named.artists[0]!.id}'`);
    expect(artist).to.deep.equal({ name: named.artists[0]!.name });
    const results = await found(
      "select item_type, count(*) as n, max(item_rank) as last from current_search_results group by item_type",
    );
    expect(results.map(({ item_type }) => item_type)).to.include("artist");
    for (const { n, last } of results)
      expect([Number(n), Number(last)]).to.deep.equal([Number(last), Number(last)]);
    const readOn = await found("select count(distinct snapshot_date) as n from search_results");
    expect(Number(readOn[0]!.n)).to.equal(days);
  });

  it("writes one raw object per stream and run, more only of the large first one", () => {
    const dir = path.join(root, "parquet");
    const raw = path.join(dir, "s3", readFolder(dir)!.manifest.rawBucket, "raw", "me");
    const perDay = fs
      .readdirSync(raw)
      .filter((stream) => !["recently_played", "extract_runs"].includes(stream))
      .flatMap((stream) => fs.readdirSync(path.join(raw, stream)).map((day) => path.join(raw, stream, day)));
    expect(perDay.length).to.be.at.least(days * 5);
    for (const folder of perDay) {
      const most = folder.endsWith("playlist_items/snapshot_date=2026-02-26") ? 3 : 1;
      expect(fs.readdirSync(folder).length, folder).to.be.within(1, most);
    }
  });

  it("holds every play that Spotify reported, once, or the gap that it lies in", async () => {
    const end = from + (days - 1) * dayMs + 21 * 3_600_000;
    const listening = listeningOf(seed, (midnight) => libraryAt({ seed, start: from, now: midnight }));
    const reported = listening
      .between(from, end)
      .filter((play) => play.visibleAt !== null && play.visibleAt <= end);
    const { rows } = await lakes.parquet!.query(
      `select epoch_ms(played_at) as ms, item_uri from all_plays where epoch_ms(played_at) >= ${from} order by ms`,
    );
    const { rows: gaps } = await lakes.parquet!.query(
      "select epoch_ms(gap_from) as gap_from, epoch_ms(gap_to) as gap_to from gaps",
    );
    const inGap = (at: number) => gaps.some((gap) => at > Number(gap.gap_from) && at < Number(gap.gap_to));
    const held = rows.map((row) => `${row.ms} ${row.item_uri}`);
    expect(new Set(held).size, "once each").to.equal(held.length);
    expect(held.length).to.be.at.least(days * 30);
    for (const play of reported) {
      if (!inGap(play.playedAt)) expect(held).to.include(`${play.playedAt} ${uriOf(play.track)}`);
    }
  });

  it("holds the contents of every playlist that may be read, position by position", async () => {
    const { rows } = await lakes.parquet!.query(
      "select playlist_id, item_position, item_type, item_uri, epoch_ms(added_at) as added from current_playlist_items order by playlist_id, item_position",
    );
    const held = rows.map((row) => [
      row.playlist_id,
      row.item_position,
      row.item_type,
      row.item_uri,
      row.added,
    ]);
    expect(held).to.deep.equal(expectedItems(truth()));
  });

  it("holds the saved tracks, none of those that were removed", async () => {
    const { rows } = await lakes.parquet!.query(
      "select item_uri, epoch_ms(added_at) as added from current_saved_tracks order by added desc, item_uri",
    );
    expect(rows.map((row) => [row.item_uri, row.added])).to.deep.equal(expectedSaved(truth()));
  });

  it("holds every track, album and artist that stands in them", async () => {
    for (const [thing, wanted] of Object.entries(expectedIds(truth()))) {
      const { rows } = await lakes.parquet!.query(`select ${thing}_id as id from current_${thing}s`);
      const held = rows.map((row) => row.id as string);
      expect(new Set(held).size, `${thing}s stand once`).to.equal(held.length);
      expect(held, `${thing}s`).to.include.members([...wanted]);
    }
  });

  it("records why it skipped each playlist that it did not read", async () => {
    const { rows } = await lakes.parquet!.query(
      "select distinct container_id from skips where stream = 'playlist_items' and item_position = -1",
    );
    const listed = truth().playlists.filter((playlist) => playlist !== null);
    const unread = listed
      .filter((playlist) => !readablePlaylists(truth()).includes(playlist))
      .map(({ id }) => id);
    expect(unread).not.to.be.empty;
    expect(rows.map((row) => row.container_id)).to.include.members(unread);
  });

  it("gives the same answers in both formats, odd texts included", async () => {
    const names = truth().allTracks.flatMap((track) => [
      track.name,
      track.album?.name,
      track.artists[0]?.name,
    ]);
    for (const odd of [/\t/, /\n/, /"/, /\\./, /^\\N$/, /^$/, /\u2028/]) {
      expect(
        names.some((name) => name !== undefined && odd.test(name)),
        `the library has ${odd}`,
      ).to.equal(true);
    }
    const { rows: held } = await lakes.csv!.query("select distinct name from current_tracks");
    const expected = [...truth().saved.map(({ track }) => track.name)].map(shown);
    expect(held.map((row) => row.name)).to.include.members(expected);
    for (const query of namedQueries()) {
      const sql = renderQuery(query, asOfDay(query, lastDay));
      const [parquet, csv] = [await lakes.parquet!.query(sql), await lakes.csv!.query(sql)];
      expect(csv.rows, query.name).to.deep.equal(parquet.rows);
      if (!mayBeEmpty.includes(query.name)) expect(parquet.rows, query.name).not.to.be.empty;
    }
    const { tables, views } = readFolder(path.join(root, "csv"))!.manifest;
    for (const { name } of views) {
      const [parquet, csv] = [await sortedRows(lakes.parquet!, name), await sortedRows(lakes.csv!, name)];
      expect(csv, name).to.deep.equal(parquet);
      if (!mayBeEmpty.includes(name)) expect(parquet, name).not.to.be.empty;
    }
    for (const { name, columns } of tables) {
      const compared = columns
        .map((column) => column.name)
        .filter((column) => !/run|_at$|duration_ms|event|until/.test(column));
      const sql = `select ${compared.join(", ")} from ${name} order by all`;
      expect((await lakes.csv!.query(sql)).rows, name).to.deep.equal((await lakes.parquet!.query(sql)).rows);
    }
  });

  it("crawls when the schedule says so, and finds the partitions of the lake registered", () => {
    const crawls = report.json.crawls.filter(({ crawler }) => crawler === "lake");
    const none = { tablesAdded: 0, tablesUpdated: 0, partitionsAdded: 0, partitionsUpdated: 0 };
    expect(crawls).to.deep.equal(Array(days).fill({ crawler: "lake", error: null, ...none }));
  });

  it("shows the shapes that each stream sends", async () => {
    const dir = path.join(root, "parquet");
    const { manifest } = readFolder(dir)!;
    const streams = fs.readdirSync(path.join(dir, "s3", manifest.rawBucket, "raw", "me"));
    for (const stream of streams) {
      const table = `${manifest.database}_raw.${stream.replace("-", "_")}`;
      const { rows } = await lakes.parquet!.query(`select kind, snapshot_date from ${table}`);
      expect(rows, stream).not.to.be.empty;
    }
    const { rows } = await lakes.parquet!.query(
      `select count(*) as n from ${manifest.database}_raw.saved_tracks, unnest(body.items) as each(item) where item.track.id is not null`,
    );
    expect(Number(rows[0]!.n)).to.be.at.least(truth().saved.length);
  });

  it("sees a partition that was copied in by hand after a crawl", async () => {
    const dir = path.join(root, "csv");
    const table = path.join(dir, "s3", readFolder(dir)!.manifest.lakeBucket, "g1/tracks");
    fs.cpSync(path.join(table, "snapshot_month=2026-02"), path.join(table, "snapshot_month=2019-01"), {
      recursive: true,
    });
    const { code, stdout } = await command("crawl", ["lake", "--out", dir, "--json"]);
    expect(code).to.equal(0);
    expect(JSON.parse(stdout).crawls).to.have.length(1);
    expect(JSON.parse(stdout).crawls[0]).to.include({ crawler: "lake", partitions_added: 1 });
    const lake = await open("csv");
    const { rows } = await lake.query("select count(*) as n from tracks where snapshot_month = '2019-01'");
    lake.close();
    expect(Number(rows[0]!.n)).to.be.above(0);
  });

  it("goes on where the folder stands", async () => {
    const { json } = await run({ days: 1 });
    expect(json.failures).to.equal(0);
    expect([...new Set(json.runs.map(({ date }) => date))]).to.deep.equal(["2026-03-01"]);
    expect(json.spotify.calls).to.be.below(report.json.spotify.calls / 2);
    expect(json.tables.extract_runs!.rows).to.equal((days + 1) * 9);
  });
});
