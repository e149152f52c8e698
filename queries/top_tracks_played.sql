-- title: Top tracks
-- question: Which tracks did each listener hear most in the last weeks, by plays or by minutes?
-- subject: listening
-- column: listener_id string The listener.
-- column: place bigint Place among the listener's tracks, from 1.
-- column: track_name string Title.
-- column: artist_name string First artist.
-- column: plays bigint Plays of half a minute and longer.
-- column: minutes bigint Whole minutes, by the track's length where it is not known how much was heard.
-- column: first_played_on date Day of the first play in that time.
-- column: last_played_on date Day of the last one.
-- parameter: from date none The first day that counts; none for the last days.
-- parameter: to date current_date The last day that counts.
-- parameter: days int(1..36500) 28 How many days, the last one being to; not used if from is given.
-- parameter: by plays|minutes plays What the places go by: plays or minutes.
-- parameter: limit int(1..10000) 50 How many of each listener, at most.
-- parameter: listener string * The listener; * stands for all.
-- key: listener_id, place
-- window: all_plays.played_on
with heard as (
  select
    listener_id,
    item_key,
    track_name,
    artist_name,
    ms_heard,
    played_on,
    row_number() over (partition by listener_id, item_key order by played_at, ms_played) as recency
  from all_plays
  where
    is_counted
    and item_type in ('track', 'local')
    and played_on between coalesce(:from, cast(:to - (:days - 1) * interval '1' day as date)) and :to
    and snapshot_month
    >= substr(cast(coalesce(:from - interval '2' day, :to - (:days + 1) * interval '1' day) as varchar), 1, 7)
    and :listener in ('*', listener_id)
),
counted as (
  select
    listener_id,
    item_key,
    max_by(track_name, recency) filter (where track_name is not null) as track_name,
    max_by(artist_name, recency) filter (where artist_name is not null) as artist_name,
    count(*) as plays,
    cast(sum(ms_heard) as bigint) / 60000 as minutes,
    min(played_on) as first_played_on,
    max(played_on) as last_played_on
  from heard
  group by listener_id, item_key
),
placed as (
  select
    listener_id,
    row_number() over (
      partition by listener_id
      order by case when :by = 'minutes' then minutes else plays end desc, plays desc, minutes desc, item_key
    ) as place,
    track_name,
    artist_name,
    plays,
    minutes,
    first_played_on,
    last_played_on
  from counted
)
select listener_id, place, track_name, artist_name, plays, minutes, first_played_on, last_played_on
from placed
where place <= :limit
order by listener_id, place
