-- view: Every play that Spotify ever showed, once, as the first read showed it.
-- column: listener_id string The listener.
-- column: played_at timestamp When it was played; Spotify means sometimes the start, sometimes the end.
-- column: item_uri string Spotify URI of what was played.
-- column: track_id string The track; NULL for a local file.
-- column: track_name string Title as listed.
-- column: artist_name string First artist as listed.
-- column: album_name string Album as listed.
-- column: duration_ms bigint Length of the track in milliseconds, however much of it was heard.
-- column: context_type string What it was played from: playlist, album, artist …; NULL if unknown.
-- column: context_uri string Spotify URI of that playlist, album or artist.
-- column: fetched_at timestamp When Spotify first answered with it.
with oldest as (
  select listener_id, played_at, item_uri, min(read_seq) as read_seq
  from plays
  group by listener_id, played_at, item_uri
)
select
  plays.listener_id,
  plays.played_at,
  plays.item_uri,
  plays.track_id,
  plays.track_name,
  plays.artist_name,
  plays.album_name,
  plays.duration_ms,
  plays.context_type,
  plays.context_uri,
  plays.fetched_at
from plays
join oldest
  on oldest.listener_id = plays.listener_id
  and oldest.played_at = plays.played_at
  and oldest.item_uri = plays.item_uri
  and oldest.read_seq = plays.read_seq
