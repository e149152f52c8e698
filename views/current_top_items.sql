-- view: Each listener's top tracks and artists, by the newest whole read of each list.
-- column: listener_id string The listener.
-- column: item_type string track or artist.
-- column: time_range string short_term (about 4 weeks), medium_term (about 6 months) or long_term (about a year).
-- column: item_rank int Place in the list, from 1.
-- column: item_id string The track or artist.
-- column: item_name string Title or name as listed.
-- column: fetched_at timestamp When Spotify answered.
with newest as (
  select listener_id, container_id, max(read_seq) as read_seq
  from accepted_reads
  where stream = 'top_items'
  group by listener_id, container_id
)
select
  items.listener_id,
  items.item_type,
  items.time_range,
  items.item_rank,
  items.item_id,
  items.item_name,
  items.fetched_at
from top_items as items
join newest on newest.listener_id = items.listener_id and newest.read_seq = items.read_seq
