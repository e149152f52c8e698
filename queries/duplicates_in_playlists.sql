-- title: Duplicates inside playlists
-- question: What stands in one playlist more than once?
-- column: playlist_name string Title of the playlist.
-- column: item_name string Title.
-- column: artist_name string First artist.
-- column: times bigint How often it stands there.
-- column: first_place int The first of its places, from 1.
-- column: last_place int The last one.
-- column: listener_id string The listener.
select
  playlist_name,
  max(item_name) as item_name,
  max(artist_name) as artist_name,
  count(*) as times,
  min(item_position) + 1 as first_place,
  max(item_position) + 1 as last_place,
  listener_id
from current_playlist_items
where item_uri is not null
group by listener_id, playlist_id, playlist_name, item_uri
having count(*) > 1
order by times desc, playlist_name, listener_id, playlist_id, first_place
