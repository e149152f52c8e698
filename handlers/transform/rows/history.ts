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
export function playEnd({ ts, endTime }: Json): number | null {
  if (typeof endTime === "string" && /^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(endTime))
    return instant(`${endTime.replace(" ", "T")}:00Z`);
  return instant(ts);
}

/** Reads one play of either format. */
export function historyPlay(entry: unknown, _position: number, provenance: Provenance): EntryResult {
  if (!isObject(entry)) return { skip: "null_entry" };
  const played_at = playEnd(entry);
  const ms_played = entry.ms_played ?? entry.msPlayed;
  if (played_at === null || !Number.isSafeInteger(ms_played) || (ms_played as number) < 0)
    return { skip: "no_time" };
  const item = "endTime" in entry ? accountItem(entry) : extendedItem(entry);
  if (!item) return { skip: "no_id" };
  const made = makeRow(streamingHistory, provenance, {
    played_at,
    ms_played,
    ...item,
    platform: entry.platform,
    country: entry.conn_country,
    reason_start: entry.reason_start,
    reason_end: entry.reason_end,
    shuffle: entry.shuffle,
    skipped: entry.skipped,
    offline: entry.offline,
    incognito_mode: entry.incognito_mode,
    fetched_at: played_at,
  });
  return made.isComplete ? { made } : { made, skip: "no_id" };
}

function extendedItem(entry: Json): Json | undefined {
  const common = { export_format: "extended" };
  const track = id(entry.spotify_track_uri);
  if (track !== null)
    return {
      ...common,
      item_key: track,
      item_type: "track",
      track_id: /^spotify:track:([0-9A-Za-z]+)$/.exec(track)?.[1],
      item_name: entry.master_metadata_track_name,
      artist_name: entry.master_metadata_album_artist_name,
      album_name: entry.master_metadata_album_album_name,
    };
  const episode = id(entry.spotify_episode_uri);
  if (episode !== null)
    return {
      ...common,
      item_key: episode,
      item_type: "episode",
      item_name: entry.episode_name,
      artist_name: entry.episode_show_name,
    };
  const chapter = id(entry.audiobook_chapter_uri) ?? id(entry.audiobook_uri);
  if (chapter === null) return undefined;
  const item_name = entry.audiobook_chapter_title;
  return {
    ...common,
    item_key: chapter,
    item_type: "chapter",
    item_name,
    artist_name: entry.audiobook_title,
  };
}

/** Podcasts are in files of their own, with other field names. */
function accountItem({ artistName, trackName, podcastName, episodeName }: Json): Json | undefined {
  const item_type = trackName === undefined ? "episode" : "track";
  const [artist_name, item_name] = [id(artistName ?? podcastName), id(trackName ?? episodeName)];
  if (artist_name === null || item_name === null) return undefined;
  const item_key = `${artist_name} - ${item_name}`;
  return { export_format: "account", item_key, item_type, item_name, artist_name };
}
