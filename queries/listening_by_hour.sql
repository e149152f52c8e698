-- title: Listening by weekday and hour
-- question: On which weekdays (1 is Monday) and at which hours is most played (UTC, half a minute counts as a play)?
select
  mod(date_diff('day', date '1969-12-29', cast(played_at as date)), 7) + 1 as weekday,
  hour(played_at) as utc_hour,
  count(*) as plays,
  cast(sum(coalesce(ms_played, duration_ms)) as bigint) / 60000 as minutes
from all_plays
where ms_played is null or ms_played >= 30000
group by 1, 2
order by 1, 2
