-- title: Listening streaks
-- question: For how many days in a row did each listener hear something, and when?
-- subject: listening
-- column: listener_id string The listener.
-- column: first_day date First day of the streak, in the stack's time zone.
-- column: last_day date Last day of it.
-- column: days bigint How many days in a row.
-- column: plays bigint Plays of half a minute and longer.
-- column: minutes bigint Whole minutes.
-- column: is_running boolean Goes on until as_of or the day before.
-- parameter: at_least int(1..10000) 2 Shorter streaks are left out.
-- parameter: as_of date current_date The day that counts as today.
-- key: listener_id, first_day
-- empty: No streak is so long; at_least=1 shows single days.
with numbered as (
  select
    listener_id,
    played_on,
    plays,
    minutes,
    date_diff('day', date '1970-01-01', played_on)
    - row_number() over (partition by listener_id order by played_on) as streak
  from daily_listening
  where played_on <= :as_of
)
select
  listener_id,
  min(played_on) as first_day,
  max(played_on) as last_day,
  count(*) as days,
  cast(sum(plays) as bigint) as plays,
  cast(sum(minutes) as bigint) as minutes,
  date_diff('day', max(played_on), :as_of) <= 1 as is_running
from numbered
group by listener_id, streak
having count(*) >= :at_least
order by listener_id, days desc, first_day
