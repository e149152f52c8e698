-- title: Listening by day
-- question: How much was played on each day (UTC, half a minute counts as a play), and how much a day over the seven days up to it?
with by_day as (
  select
    cast(played_at as date) as played_on,
    count(*) as plays,
    count(distinct item_uri) as tracks,
    cast(sum(coalesce(ms_played, duration_ms)) as bigint) / 60000 as minutes
  from all_plays
  where ms_played is null or ms_played >= 30000
  group by 1
)
select
  played_on,
  plays,
  tracks,
  minutes,
  cast(
    sum(plays) over (order by played_on range between interval '6' day preceding and current row) as double
  ) / 7 as plays_a_day_of_7_days
from by_day
order by played_on
