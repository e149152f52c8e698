/** The raw objects of one person, day after day: a daily run and hourly plays, in the numbers of the simulated listener. */
import type { RawLine, RunLine } from "../../handlers/raw/format";
import { albumOf, artistOf, idOf, trackOf } from "../raw/music";
import { headerOf, objectLine, rawObject, wholeRead, type GeneratedRead } from "../raw/reads";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const playlistCount = 48;
const ownPlaylists = 40;
const savedAtFirst = 640;
const albumsAtFirst = 90;
const followed = 75;
const playsADay = 50;
/** A whole library is read again so often. */
const reconcileDays = 30;
/** Runs in which Spotify shows new plays. */
const playsHours = [0, 2, 7, 8, 9, 12, 13, 17, 18, 19, 20, 22];

/** A generated raw object. */
export interface RawObject {
  key: string;
  body: Buffer;
}

/** A person whose data begins at `start`, a midnight UTC in ms. */
export class Person {
  private reads = 0;
  private readonly tracks = new Map<number, object>();
  /** `read_seq` of the last whole read, by stream. */
  private readonly wholeReads = new Map<string, number>();

  constructor(private readonly start: number) {}

  /** Returns the raw objects of a day; days are numbered from 0 and asked for in order. */
  day(day: number): RawObject[] {
    const time = this.start + day * dayMs + 4.25 * hourMs;
    const run = `run${day}`;
    const daily: [string, RawLine[]][] = [
      ["profile", this.profile(run, time)],
      ["playlists", this.whole({ stream: "playlists", run, time }, playlistList(day))],
      ["playlist_items", this.playlistItems(day, run, time)],
      ["saved_tracks", this.library("saved_tracks", day, run, time)],
      ["saved_albums", this.library("saved_albums", day, run, time)],
      ["top_items", this.topItems(day, run, time)],
      ["followed_artists", this.whole({ stream: "followed_artists", run, time }, followedArtists())],
      ["extract_runs", runRecords(day, this.start + day * dayMs)],
    ];
    const objects = daily.filter(([, lines]) => lines.length > 0);
    return [
      ...objects.map(([stream, lines], part) => rawObject({ stream, readSeq: 0, run, time }, part, lines)),
      ...playsHours.map((hour) => this.plays(day, hour)),
    ];
  }

  private next(read: Omit<GeneratedRead, "readSeq">): GeneratedRead {
    return { ...read, readSeq: (this.reads += 1) };
  }

  private whole(read: Omit<GeneratedRead, "readSeq">, entries: object[]): RawLine[] {
    return wholeRead(this.next(read), entries);
  }

  private track(index: number): object {
    const known = this.tracks.get(index) ?? trackOf(index, false);
    this.tracks.set(index, known);
    return known;
  }

  private profile(run: string, time: number): RawLine[] {
    const read = this.next({ stream: "profile", run, time });
    const body = { id: "person", display_name: "Some Person", country: "SE", product: "premium", images: [] };
    return [headerOf(read), objectLine(read, body)];
  }

  /** On the first day all playlists of the person's own, then three that changed. */
  private playlistItems(day: number, run: string, time: number): RawLine[] {
    const count = day === 0 ? ownPlaylists : 3;
    return Array.from({ length: count }, (_, at) => (day * 3 + at) % ownPlaylists).flatMap((list) => {
      const container = idOf("playlist", list);
      const items = Array.from({ length: lengthOf(list, day) }, (_, position) => ({
        added_at: new Date(this.start - (position + 1) * dayMs).toISOString(),
        added_by: { id: "person" },
        item: this.track((list * 61 + position * 7 + day) % (2400 + day)),
      }));
      const read = { stream: "playlist_items", container, version: versionOf(list, day), run, time };
      return this.whole(read, items);
    });
  }

  /** The whole library now and then; otherwise what was added: three tracks a day, an album every third day. */
  private library(
    stream: "saved_tracks" | "saved_albums",
    day: number,
    run: string,
    time: number,
  ): RawLine[] {
    const total = stream === "saved_tracks" ? savedAtFirst + 3 * day : albumsAtFirst + Math.floor(day / 3);
    const isWhole = day % reconcileDays === 0;
    const added = stream === "saved_tracks" ? 3 : Number(day % 3 === 0);
    if (!isWhole && added === 0) return [];
    const entries = Array.from({ length: isWhole ? total : added }, (_, position) => {
      const index = total - 1 - position;
      const added_at = new Date(time - (position + 1) * hourMs).toISOString();
      return stream === "saved_tracks"
        ? { added_at, track: this.track(index) }
        : { added_at, album: albumOf(index, [artistOf(index % 499)], false) };
    });
    const read = this.next({ stream, run, time });
    if (isWhole) this.wholeReads.set(stream, read.readSeq);
    return wholeRead(
      { ...read, kind: isWhole ? "full" : "additions", libraryVersion: this.wholeReads.get(stream)! },
      entries,
    );
  }

  private topItems(day: number, run: string, time: number): RawLine[] {
    const lists = ["tracks", "artists"].flatMap((kind) =>
      ["short_term", "medium_term", "long_term"].map((range) => `${kind}:${range}`),
    );
    return lists.flatMap((container, list) => {
      const entries = Array.from({ length: 50 }, (_, rank) => {
        const index = (rank + list * 50 + (day >> 2)) % 500;
        return container.startsWith("tracks") ? this.track(index) : artistInFull(index);
      });
      return this.whole({ stream: "top_items", container, run, time }, entries);
    });
  }

  /** The last 50 plays, as Spotify answers at 45 minutes past an hour. */
  private plays(day: number, hour: number): RawObject {
    const time = this.start + day * dayMs + (hour + 0.75) * hourMs;
    const step = dayMs / playsADay;
    const newest = Math.floor((time - this.start) / step);
    const items = Array.from({ length: Math.min(50, newest + 1) }, (_, back) => {
      const play = newest - back;
      return {
        played_at: new Date(this.start + play * step).toISOString(),
        track: this.track((play * play + 13 * play) % (2400 + day)),
        context: { type: "playlist", uri: `spotify:playlist:${idOf("playlist", play % ownPlaylists)}` },
      };
    });
    const read = this.next({ stream: "recently_played", run: `plays${day}h${hour}`, time });
    return rawObject(read, 0, [headerOf(read), objectLine(read, { items })]);
  }
}

function versionOf(list: number, day: number): string {
  return `version ${list} ${day}`;
}

function lengthOf(list: number, day: number): number {
  return 60 + (list % 20) + (day >> 5);
}

/** The last day up to `day` on which a playlist was read; those of others are never read. */
function lastRead(list: number, day: number): number {
  let last = list < ownPlaylists ? day : 0;
  while (last > 0 && (list + ownPlaylists - ((last * 3) % ownPlaylists)) % ownPlaylists >= 3) last -= 1;
  return last;
}

function playlistList(day: number): object[] {
  return Array.from({ length: playlistCount }, (_, list) => ({
    id: idOf("playlist", list),
    name: `Some playlist of the usual length, number ${list}`,
    description: "",
    owner: { id: list < ownPlaylists ? "person" : "somebody", display_name: "Some Person" },
    public: false,
    collaborative: false,
    snapshot_id: versionOf(list, lastRead(list, day)),
    items: { total: lengthOf(list, lastRead(list, day)) },
    images: [],
  }));
}

function followedArtists(): object[] {
  return Array.from({ length: followed }, (_, index) => artistInFull(index));
}

function artistInFull(index: number): object {
  return { ...artistOf(index), images: [], genres: [] };
}

function runRecords(day: number, midnight: number): RunLine[] {
  const record = (run_id: string, time: number, calls: number): RunLine => ({
    ...{ kind: "run", listener: "me", run_id, event_id: `event-${run_id}`, status: "complete" },
    ...{ started_at: new Date(time).toISOString(), ended_at: new Date(time + 5000).toISOString() },
    ...{ stop_reason: null, stop_message: null, calls, retries: 0, containers_read: 12 },
    ...{ containers_unchanged: 40, containers_skipped: 0, raw_objects: 10, budget_used: calls },
    ...{ not_before: null, token_days_left: 120 },
  });
  return [
    record(`run${day}`, midnight + 4.25 * hourMs, 25),
    ...Array.from({ length: 24 }, (_, hour) =>
      record(`plays${day}h${hour}`, midnight + (hour + 0.75) * hourMs, 1),
    ),
  ];
}
