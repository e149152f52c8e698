-- title: Tracks saved per month
-- question: How many of the saved tracks were saved in each month?
-- subject: library
-- column: listener_id string The listener.
-- column: month date First day of the month, in the time zone asked for.
-- column: tracks bigint Tracks saved in it, and saved still.
-- column: artists bigint Different first artists of them.
-- key: listener_id, month
with dated as (
  select
    listener_id,
    artist_name,
    cast(cast(added_at as timestamp with time zone) at time zone :timezone as date) as saved_on
  from current_saved_tracks
  where added_at is not null
)
select
  listener_id,
  cast(date_trunc('month', saved_on) as date) as month,
  count(*) as tracks,
  count(distinct artist_name) as artists
from dated
group by 1, 2
order by listener_id, month
