import type { Row } from "../../schemas";

export const minute = 60_000;

/** A play of a track of three minutes by an artist of its own, reported by the API. */
export const play = (id: string, playedAt: string, more: Row = {}): Row => ({
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
