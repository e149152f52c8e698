/** A synthetic export of a listener's streaming history, shaped like the one that Spotify sends. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";

/** Spotify's files have about as many entries. */
const entriesPerFile = 16_000;
const start = Date.UTC(2018, 0, 1);
const years = 8;
const span = Date.UTC(2018 + years, 0, 1) - start;

/**
 * Writes a zip of `Streaming_History_Audio_*.json` with `plays` entries in order of time over eight years, the same ones
 * for the same number. Never holds more than an entry.
 */
export async function writeExport(file: string, plays: number): Promise<void> {
  const zip = new ZipFile();
  for (let first = 0; first < plays; first += entriesPerFile) {
    const last = Math.min(plays, first + entriesPerFile) - 1;
    const [from, to] = [yearOf(first, plays), yearOf(last, plays)];
    const name = `Streaming_History_Audio_${from === to ? from : `${from}-${to}`}_${first / entriesPerFile}.json`;
    const mtime = new Date("2026-01-02T00:00:00Z");
    const options = { mtime, mode: 0o644 };
    // One stream at a time is opened: the next when the one before has ended.
    zip.addReadStreamLazy(`Spotify Extended Streaming History/${name}`, options, (take) =>
      take(null, Readable.from(textOf(first, last, plays))),
    );
  }
  zip.end();
  await pipeline(zip.outputStream, fs.createWriteStream(file));
}

function timeOf(index: number, plays: number): number {
  return start + Math.floor((index * span) / plays / 1000) * 1000;
}

function yearOf(index: number, plays: number): number {
  return new Date(timeOf(index, plays)).getUTCFullYear();
}

/** Spotify indents by two spaces. */
function* textOf(first: number, last: number, plays: number): Generator<string> {
  for (let index = first; index <= last; index++) {
    const text = JSON.stringify([played(index, plays)], null, 2).slice(2, -2);
    yield `${index === first ? "[\n" : ",\n"}${text}`;
  }
  yield "\n]";
}

/** One play: a few thousand tracks, the first ones far more often, and now and then an episode. */
function played(index: number, plays: number): object {
  const random = createHash("sha256").update(String(index)).digest();
  const track = Math.floor((random.readUInt32LE(0) / 2 ** 32) ** 3 * 5000);
  const isEpisode = random[4]! < 5;
  const item = isEpisode ? episode(track % 50) : song(track);
  return {
    ts: new Date(timeOf(index, plays)).toISOString().replace(".000", ""),
    platform: ["Android OS 14 API 34 (a phone)", "web_player windows 10", "ios"][random[5]! % 3],
    ms_played: random[6]! < 60 ? random.readUInt16LE(7) % 30_000 : 150_000 + random.readUInt16LE(7),
    conn_country: "DE",
    ip_addr: `192.0.2.${random[9]!}`,
    ...item,
    audiobook_title: null,
    audiobook_uri: null,
    audiobook_chapter_uri: null,
    audiobook_chapter_title: null,
    reason_start: random[10]! < 200 ? "trackdone" : "clickrow",
    reason_end: random[6]! < 60 ? "fwdbtn" : "trackdone",
    shuffle: random[11]! < 128,
    skipped: random[6]! < 60,
    offline: random[12]! < 10,
    offline_timestamp: Math.floor(timeOf(index, plays) / 1000) - 200,
    incognito_mode: false,
  };
}

const noSong = {
  master_metadata_track_name: null,
  master_metadata_album_artist_name: null,
  master_metadata_album_album_name: null,
  spotify_track_uri: null,
};

function song(track: number): object {
  return {
    master_metadata_track_name: `Some song with a name of usual length ${track}`,
    master_metadata_album_artist_name: `Some artist ${track % 700}`,
    master_metadata_album_album_name: `Some album of theirs, ${track >> 3}`,
    spotify_track_uri: `spotify:track:${idOf("track", track)}`,
    episode_name: null,
    episode_show_name: null,
    spotify_episode_uri: null,
  };
}

function episode(number: number): object {
  return {
    ...noSong,
    episode_name: `Episode ${number}: what became of it`,
    episode_show_name: `Some show ${number % 5}`,
    spotify_episode_uri: `spotify:episode:${idOf("episode", number)}`,
  };
}

/** As long as a real id. */
function idOf(type: string, number: number): string {
  return createHash("sha256").update(`${type}${number}`).digest("hex").slice(0, 22);
}
