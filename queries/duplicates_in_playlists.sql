-- title: Duplicates inside playlists
-- question: What stands in one playlist more than once?
-- subject: playlists
-- column: listener_id string The listener.
-- column: playlist_name string Title of the playlist.
-- column: item_name string Title.
-- column: artist_name string First artist.
-- column: times bigint How often it stands there.
-- column: first_place int The first of its places, from 1.
-- column: last_place int The last one.
-- key: listener_id, playlist_id, first_place
-- empty: Nothing stands in one playlist twice.
select
  listener_id,
  playlist_name,
  max(item_name) as item_name,
  max(artist_name) as artist_name,
  count(*) as times,
  min(item_position) + 1 as first_place,
  max(item_position) + 1 as last_place
from current_playlist_items
where item_uri is not null
group by listener_id, playlist_id, playlist_name, item_uri
having count(*) > 1
order by listener_id, times desc, playlist_name, playlist_id, first_place
