-- title: What cannot be streamed
-- question: Which playlist items are unavailable or local files?
-- subject: playlists
-- column: listener_id string The listener.
-- column: playlist_name string Title of the playlist.
-- column: place int Place in it, from 1.
-- column: item_type string unavailable or local.
-- column: item_name string Title; Spotify has none of what is unavailable.
-- column: artist_name string Artist of a local file.
-- column: added_at timestamp When it was added, in the time zone asked for.
-- key: listener_id, playlist_id, place
-- empty: Every playlist item can be streamed.
select
  listener_id,
  playlist_name,
  item_position + 1 as place,
  item_type,
  item_name,
  artist_name,
  cast(cast(added_at as timestamp with time zone) at time zone :timezone as timestamp) as added_at
from current_playlist_items
where item_type in ('unavailable', 'local')
order by listener_id, playlist_name, playlist_id, place
