-- title: What cannot be streamed
-- question: Which playlist items are unavailable or local files?
select playlist_name, item_position + 1 as place, item_type, item_name, artist_name, added_at
from current_playlist_items
where item_type in ('unavailable', 'local')
order by playlist_name, playlist_id, place
