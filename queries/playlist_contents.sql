-- title: Contents of every playlist
-- question: What stands where in each playlist, and since when?
-- subject: playlists
-- column: listener_id string The listener.
-- column: playlist_name string Title of the playlist.
-- column: place int Place in it, from 1.
-- column: item_name string Title.
-- column: artist_name string First artist.
-- column: album_name string Album, or show.
-- column: length string Minutes and seconds.
-- column: added_at timestamp When it was added, in the time zone asked for.
-- column: item_type string track, episode, local or unavailable.
-- parameter: playlist string % Title of the playlist; % stands for any text.
-- key: listener_id, playlist_id, place
-- empty: No playlist has such a title; % stands for any text.
select
  listener_id,
  playlist_name,
  item_position + 1 as place,
  item_name,
  artist_name,
  album_name,
  cast(duration_ms / 60000 as varchar)
  || ':'
  || lpad(cast(mod(duration_ms / 1000, 60) as varchar), 2, '0') as length,
  cast(cast(added_at as timestamp with time zone) at time zone :timezone as timestamp) as added_at,
  item_type
from current_playlist_items
where coalesce(playlist_name, '') like :playlist
order by listener_id, playlist_name, playlist_id, place
