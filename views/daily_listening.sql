-- view: What each listener heard on each day in the stack's time zone; days without a play have no row.
-- column: listener_id string The listener.
-- column: played_on date The day.
-- column: plays bigint Plays of half a minute and longer.
-- column: minutes bigint Whole minutes, by the tracks' length where it is not known how much was heard.
-- column: tracks bigint Different tracks, episodes and chapters.
-- column: artists bigint Different first artists (and shows).
-- column: new_tracks bigint Those of the tracks that were heard for the first time.
-- column: first_played_at timestamp The first play.
-- column: last_played_at timestamp The last play.
-- column: plays_a_day double Mean of the seven days up to this one, those without plays included.
-- column: minutes_a_day double The same of the minutes.
-- It has no snapshot_month: a day's plays may lie under two months, and what is new follows from all plays before.
with counted as (
  select listener_id, played_on, played_at, item_key, artist_name, ms_heard
  from all_plays
  where is_counted
),
firsts as (
  select listener_id, item_key, min(played_on) as first_on
  from counted
  group by listener_id, item_key
),
daily as (
  select
    counted.listener_id,
    counted.played_on,
    count(*) as plays,
    cast(sum(counted.ms_heard) as bigint) / 60000 as minutes,
    count(distinct counted.item_key) as tracks,
    count(distinct counted.artist_name) as artists,
    count(distinct case when firsts.first_on = counted.played_on then counted.item_key end) as new_tracks,
    min(counted.played_at) as first_played_at,
    max(counted.played_at) as last_played_at
  from counted
  join firsts on firsts.listener_id = counted.listener_id and firsts.item_key = counted.item_key
  group by counted.listener_id, counted.played_on
),
smoothed as (
  select
    listener_id,
    played_on,
    plays,
    minutes,
    tracks,
    artists,
    new_tracks,
    first_played_at,
    last_played_at,
    sum(plays) over (
      partition by listener_id
      order by played_on
      range between interval '6' day preceding and current row
    ) as plays_of_week,
    sum(minutes) over (
      partition by listener_id
      order by played_on
      range between interval '6' day preceding and current row
    ) as minutes_of_week
  from daily
)
select
  listener_id,
  played_on,
  plays,
  minutes,
  tracks,
  artists,
  new_tracks,
  first_played_at,
  last_played_at,
  round(cast(plays_of_week as double) / 7, 1) as plays_a_day,
  round(cast(minutes_of_week as double) / 7, 1) as minutes_a_day
from smoothed
