-- title: Contents of every playlist
-- question: What stands where in each playlist, and since when?
select playlist_name, item_position + 1 as place, item_name, artist_name, album_name, added_at, item_type
from current_playlist_items
order by playlist_name, playlist_id, place
