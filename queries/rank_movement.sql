-- title: Movement in the top lists
-- question: What has climbed, fallen, come in or gone from Spotify's top lists within a week?
-- subject: listening
-- column: listener_id string The listener.
-- column: item_type string track or artist.
-- column: time_range string short_term (about 4 weeks), medium_term (about 6 months) or long_term (about a year).
-- column: rank_now int Place in the newest list up to as_of; NULL if it is gone.
-- column: rank_before int Place in the newest list that was so many days older; NULL if it is new.
-- column: places_up int Places won; negative if lost.
-- column: movement string up, down, same, new or gone.
-- column: item_name string Title or name.
-- parameter: days int(1..36500) 7 How many days the lists are apart, at least.
-- parameter: as_of date current_date The day of the newer list, at the latest.
-- key: listener_id, item_type, time_range, rank_now, rank_before
-- empty: No top list has been read so many days apart yet; try a smaller days, such as days=1.
with lists as (
  select
    listener_id,
    container_id,
    max(read_seq) as seq_now,
    max(
      case when date_diff('day', cast(completed_at as date), :as_of) >= :days then read_seq end
    ) as seq_before
  from accepted_reads
  where stream = 'top_items' and cast(completed_at as date) <= :as_of
  group by listener_id, container_id
),
items_now as (
  select items.listener_id, items.item_type, items.time_range, items.item_rank, items.item_id, items.item_name
  from lists
  join top_items as items on items.listener_id = lists.listener_id and items.read_seq = lists.seq_now
  where lists.seq_before < lists.seq_now
),
items_before as (
  select items.listener_id, items.item_type, items.time_range, items.item_rank, items.item_id, items.item_name
  from lists
  join top_items as items on items.listener_id = lists.listener_id and items.read_seq = lists.seq_before
  where lists.seq_before < lists.seq_now
),
compared as (
  select
    coalesce(items_now.listener_id, items_before.listener_id) as listener_id,
    coalesce(items_now.item_type, items_before.item_type) as item_type,
    coalesce(items_now.time_range, items_before.time_range) as time_range,
    items_now.item_rank as rank_now,
    items_before.item_rank as rank_before,
    coalesce(items_now.item_name, items_before.item_name) as item_name
  from items_now
  full join items_before
    on items_before.listener_id = items_now.listener_id
    and items_before.item_type = items_now.item_type
    and items_before.time_range = items_now.time_range
    and items_before.item_id = items_now.item_id
)
select
  listener_id,
  item_type,
  time_range,
  rank_now,
  rank_before,
  rank_before - rank_now as places_up,
  cast(
    case
      when rank_before is null then 'new'
      when rank_now is null then 'gone'
      when rank_now < rank_before then 'up'
      when rank_now > rank_before then 'down'
      else 'same'
    end as varchar
  ) as movement,
  item_name
from compared
order by listener_id, item_type, time_range, rank_now, rank_before
