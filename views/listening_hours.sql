-- view: What each listener heard in each hour of each day, in the stack's time zone; hours without a play have no row.
-- column: listener_id string The listener.
-- column: played_on date The day.
-- column: weekday bigint 1 is Monday, 7 is Sunday.
-- column: hour_of_day bigint 0 to 23.
-- column: plays bigint Plays of half a minute and longer.
-- column: minutes bigint Whole minutes, by the tracks' length where it is not known how much was heard.
-- It has no snapshot_month: an hour's plays may lie under two months.
with heard as (
  select
    listener_id,
    cast(cast(played_at as timestamp with time zone) at time zone :timezone as timestamp) as local_time,
    ms_heard
  from all_plays
  where is_counted
)
select
  listener_id,
  cast(local_time as date) as played_on,
  mod(date_diff('day', date '1969-12-29', cast(local_time as date)), 7) + 1 as weekday,
  hour(local_time) as hour_of_day,
  count(*) as plays,
  cast(sum(ms_heard) as bigint) / 60000 as minutes
from heard
group by 1, 2, 3, 4
