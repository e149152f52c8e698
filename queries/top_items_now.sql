-- title: Spotify's top lists
-- question: Which tracks and artists does Spotify rank first for each listener now, over weeks, months and a year?
-- subject: listening
-- column: listener_id string The listener.
-- column: item_type string track or artist.
-- column: time_range string short_term (about 4 weeks), medium_term (about 6 months) or long_term (about a year).
-- column: item_rank int Place in the list, from 1.
-- column: item_name string Title or name.
-- column: artist_name string First artist of a track.
-- key: items.listener_id, items.item_type, items.time_range, items.item_rank
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
