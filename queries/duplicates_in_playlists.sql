-- title: Duplicates inside playlists
-- question: Which tracks stand in one playlist more than once?
select playlist_name, item_name, artist_name, count(*) as times, min(item_position) + 1 as first_place
from current_playlist_items
where track_id is not null
group by playlist_id, playlist_name, track_id, item_name, artist_name
having count(*) > 1
order by times desc, playlist_name, first_place
