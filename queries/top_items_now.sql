-- title: Top tracks and artists
-- question: Which tracks and artists does Spotify rank first for each listener now, over weeks, months and a year?
select
  items.listener_id,
  items.item_type,
  items.time_range,
  items.item_rank,
  items.item_name,
  tracks.primary_artist_name as artist_name
from current_top_items as items
left join current_tracks as tracks on items.item_type = 'track' and tracks.track_id = items.item_id
order by items.listener_id, items.item_type, items.time_range, items.item_rank
