/** Makes rows of the plays in an export of the listener's streaming history. */
import { streamingHistory } from "../../../schemas/streaming_history";
import { id, makeRow } from "./cells";
import { instant, isObject, type Json } from "../../raw/json";
import type { EntryResult } from "./entries";
import type { Provenance } from "./provenance";

/**
 * Returns the end of a play in ms, or null: `ts` (ISO 8601) of the extended format, `endTime` (`2026-01-02 03:04`, UTC) of the
 * account format. https://support.spotify.com/us/article/understanding-my-data/
 */
function playEnd({ ts, endTime }: Json): number | null {
  if (typeof endTime === "string" && /^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(endTime))
    return instant(`${endTime.replace(" ", "T")}:00Z`);
  return instant(ts);
}

/** What was played, as columns of the table name it. */
interface Item {
  item_key: string;
  item_type: string;
  track_id?: string;
  item_name: unknown;
  artist_name: unknown;
  album_name?: unknown;
  export_format: string;
}

/** A play of an export, or why an entry is none; `playedAt` is in ms, null without a time that can be read. */
type ReadPlay =
  | { playedAt: number; msPlayed: number; item: Item; skip?: undefined }
  | { playedAt: number | null; skip: "null_entry" | "no_time" | "no_id" };

/** Reads from an entry of either format what every play has. */
export function readPlay(entry: unknown): ReadPlay {
  if (!isObject(entry)) return { playedAt: null, skip: "null_entry" };
  const playedAt = playEnd(entry);
  const msPlayed = entry.ms_played ?? entry.msPlayed;
  if (playedAt === null || !Number.isSafeInteger(msPlayed) || (msPlayed as number) < 0)
    return { playedAt, skip: "no_time" };
  const item = "endTime" in entry ? accountItem(entry) : extendedItem(entry);
  return item ? { playedAt, msPlayed: msPlayed as number, item } : { playedAt, skip: "no_id" };
}

/** Makes the row of a play of either format. */
export function historyPlay(value: unknown, _position: number, provenance: Provenance): EntryResult {
  const play = readPlay(value);
  if (play.skip !== undefined) return { skip: play.skip };
  const { playedAt, item } = play;
  const entry = value as Json;
  // Each field by its name, here and below: objects that are made by spreading others take much longer.
  const made = makeRow(streamingHistory, provenance, {
    played_at: playedAt,
    ms_played: play.msPlayed,
    item_key: item.item_key,
    item_type: item.item_type,
    track_id: item.track_id,
    item_name: item.item_name,
    artist_name: item.artist_name,
    album_name: item.album_name,
    export_format: item.export_format,
    platform: entry.platform,
    country: entry.conn_country,
    reason_start: entry.reason_start,
    reason_end: entry.reason_end,
    shuffle: entry.shuffle,
    skipped: entry.skipped,
    offline: entry.offline,
    incognito_mode: entry.incognito_mode,
    fetched_at: playedAt,
  });
  return made.isComplete ? { made } : { made, skip: "no_id" };
}

function extendedItem(entry: Json): Item | undefined {
  const export_format = "extended";
  const track = id(entry.spotify_track_uri);
  if (track !== null)
    return {
      item_key: track,
      item_type: "track",
      track_id: /^spotify:track:([0-9A-Za-z]+)$/.exec(track)?.[1],
      item_name: entry.master_metadata_track_name,
      artist_name: entry.master_metadata_album_artist_name,
      album_name: entry.master_metadata_album_album_name,
      export_format,
    };
  const episode = id(entry.spotify_episode_uri);
  if (episode !== null) {
    const { episode_name: item_name, episode_show_name: artist_name } = entry;
    return { item_key: episode, item_type: "episode", item_name, artist_name, export_format };
  }
  const chapter = id(entry.audiobook_chapter_uri) ?? id(entry.audiobook_uri);
  if (chapter === null) return undefined;
  const { audiobook_chapter_title: item_name, audiobook_title: artist_name } = entry;
  return { item_key: chapter, item_type: "chapter", item_name, artist_name, export_format };
}

/** Podcasts are in files of their own, with other field names. */
function accountItem({ artistName, trackName, podcastName, episodeName }: Json): Item | undefined {
  const item_type = trackName === undefined ? "episode" : "track";
  const [artist_name, item_name] = [id(artistName ?? podcastName), id(trackName ?? episodeName)];
  if (artist_name === null || item_name === null) return undefined;
  const item_key = `${artist_name} - ${item_name}`;
  return { export_format: "account", item_key, item_type, item_name, artist_name };
}
