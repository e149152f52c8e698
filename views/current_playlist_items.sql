-- view: What each current playlist holds, by its newest whole read.
-- column: listener_id string The listener.
-- column: playlist_id string The playlist.
-- column: playlist_name string Its title.
-- column: item_position int Place in the playlist, from 0.
-- column: item_type string track, episode, local or unavailable.
-- column: track_id string The track, if it is one.
-- column: episode_id string The episode, if it is one.
-- column: item_uri string Spotify URI.
-- column: item_name string Title as listed.
-- column: artist_name string First artist as listed.
-- column: album_name string Album (or show) as listed.
-- column: duration_ms bigint Length in milliseconds.
-- column: added_at timestamp When it was added.
-- column: added_by_id string User who added it.
-- column: is_local boolean A file of the user's own.
-- column: fetched_at timestamp When Spotify answered.
with newest as (
  select listener_id, container_id as playlist_id, max(read_seq) as read_seq
  from accepted_reads
  where stream = 'playlist_items' or stream like 'playlist:%'
  group by listener_id, container_id
)
select
  items.listener_id,
  items.playlist_id,
  current_playlists.name as playlist_name,
  items.item_position,
  items.item_type,
  items.track_id,
  items.episode_id,
  items.item_uri,
  items.item_name,
  items.artist_name,
  items.album_name,
  items.duration_ms,
  items.added_at,
  items.added_by_id,
  items.is_local,
  items.fetched_at
from playlist_items as items
join newest
  on newest.listener_id = items.listener_id
  and newest.playlist_id = items.playlist_id
  and newest.read_seq = items.read_seq
join current_playlists
  on current_playlists.listener_id = items.listener_id and current_playlists.playlist_id = items.playlist_id
