-- title: Listening by weekday and hour
-- question: On which weekdays and at which hours does each listener hear most?
-- subject: listening
-- column: listener_id string The listener.
-- column: weekday bigint 1 is Monday, 7 is Sunday.
-- column: hour_of_day bigint 0 to 23, in the time zone asked for.
-- column: plays bigint Plays of half a minute and longer.
-- column: minutes bigint Whole minutes, by the tracks' length where it is not known how much was heard.
-- parameter: days int(1..36500) 365 How many days, up to as_of.
-- parameter: as_of date current_date The last day that counts.
-- key: listener_id, weekday, hour_of_day
-- window: all_plays.played_on
with heard as (
  select
    listener_id,
    cast(cast(played_at as timestamp with time zone) at time zone :timezone as timestamp) as local_time,
    ms_heard
  from all_plays
  where
    is_counted
    and snapshot_month >= substr(cast(:as_of - (:days + 1) * interval '1' day as varchar), 1, 7)
)
select
  listener_id,
  mod(date_diff('day', date '1969-12-29', cast(local_time as date)), 7) + 1 as weekday,
  hour(local_time) as hour_of_day,
  count(*) as plays,
  cast(sum(ms_heard) as bigint) / 60000 as minutes
from heard
where date_diff('day', cast(local_time as date), :as_of) between 0 and :days - 1
group by 1, 2, 3
order by listener_id, weekday, hour_of_day
