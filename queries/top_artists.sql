-- title: Top artists
-- question: Which artists did each listener hear most in the last weeks, by plays or by minutes?
-- subject: listening
-- column: listener_id string The listener.
-- column: place bigint Place among the listener's artists, from 1.
-- column: artist_name string The artist, credited first or not.
-- column: plays bigint Plays of half a minute and longer.
-- column: minutes bigint Whole minutes, by the tracks' length where it is not known how much was heard.
-- column: tracks bigint Different tracks.
-- column: last_played_on date Day of the last play.
-- parameter: from date none The first day that counts; none for the last days.
-- parameter: to date current_date The last day that counts.
-- parameter: days int(1..36500) 28 How many days, the last one being to; not used if from is given.
-- parameter: by plays|minutes plays What the places go by: plays or minutes.
-- parameter: limit int(1..10000) 50 How many of each listener, at most.
-- parameter: listener string * The listener; * stands for all.
-- key: listener_id, place
-- window: artist_plays.played_on
with counted as (
  select
    listener_id,
    coalesce(artist_id, artist_name) as artist,
    max(artist_name) as artist_name,
    count(*) as plays,
    cast(sum(ms_heard) as bigint) / 60000 as minutes,
    count(distinct item_key) as tracks,
    max(played_on) as last_played_on
  from artist_plays
  where
    is_counted
    and played_on between coalesce(:from, cast(:to - (:days - 1) * interval '1' day as date)) and :to
    and snapshot_month
    >= substr(cast(coalesce(:from - interval '2' day, :to - (:days + 1) * interval '1' day) as varchar), 1, 7)
    and :listener in ('*', listener_id)
  group by 1, 2
),
placed as (
  select
    listener_id,
    row_number() over (
      partition by listener_id
      order by
        case when :by = 'minutes' then minutes else plays end desc,
        plays desc,
        minutes desc,
        artist_name,
        artist
    ) as place,
    artist_name,
    plays,
    minutes,
    tracks,
    last_played_on
  from counted
)
select listener_id, place, artist_name, plays, minutes, tracks, last_played_on
from placed
where place <= :limit
order by listener_id, place
