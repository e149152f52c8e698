-- title: Playlists at a glance
-- question: How long is each playlist, how varied, and how much of it cannot be played?
-- subject: playlists
-- column: listener_id string The listener.
-- column: playlist_name string Its title.
-- column: items bigint Positions, those that cannot be played included.
-- column: minutes bigint Whole minutes.
-- column: artists bigint Different first artists.
-- column: episodes bigint Episodes of podcasts.
-- column: local_files bigint Files of the user's own.
-- column: unavailable bigint Positions whose item Spotify no longer returns.
-- column: newest_on date Day of the newest entry, in the time zone asked for.
-- column: playlist_id string The playlist; titles may be equal.
-- key: listener_id, playlist_id
select
  listener_id,
  playlist_name,
  count(*) as items,
  cast(coalesce(sum(duration_ms), 0) as bigint) / 60000 as minutes,
  count(distinct artist_name) as artists,
  count(*) filter (where item_type = 'episode') as episodes,
  count(*) filter (where item_type = 'local') as local_files,
  count(*) filter (where item_type = 'unavailable') as unavailable,
  cast(cast(max(added_at) as timestamp with time zone) at time zone :timezone as date) as newest_on,
  playlist_id
from current_playlist_items
group by listener_id, playlist_id, playlist_name
order by listener_id, items desc, playlist_name, playlist_id
