-- title: Top albums
-- question: Which albums did each listener hear most in the last weeks, by plays or by minutes?
-- subject: listening
-- column: listener_id string The listener.
-- column: place bigint Place among the listener's albums, from 1.
-- column: album_name string Title; editions of the same title and artist count as one.
-- column: artist_name string The album's first artist.
-- column: plays bigint Plays of half a minute and longer.
-- column: minutes bigint Whole minutes, by the tracks' length where it is not known how much was heard.
-- column: tracks bigint Different tracks of it.
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
    plays.listener_id,
    coalesce(nullif(albums.name, ''), plays.album_name) as album_name,
    coalesce(nullif(albums.primary_artist_name, ''), plays.artist_name) as artist_name,
    plays.item_key,
    plays.ms_heard
  from all_plays as plays
  left join current_tracks as tracks on tracks.track_id = plays.track_id
  left join current_albums as albums on albums.album_id = tracks.album_id
  where
    plays.is_counted
    and plays.item_type in ('track', 'local')
    and plays.played_on between coalesce(:from, cast(:to - (:days - 1) * interval '1' day as date)) and :to
    and plays.snapshot_month
    >= substr(cast(coalesce(:from - interval '2' day, :to - (:days + 1) * interval '1' day) as varchar), 1, 7)
    and :listener in ('*', plays.listener_id)
),
counted as (
  select
    listener_id,
    album_name,
    artist_name,
    count(*) as plays,
    cast(sum(ms_heard) as bigint) / 60000 as minutes,
    count(distinct item_key) as tracks
  from heard
  where album_name <> ''
  group by listener_id, album_name, artist_name
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
        album_name,
        artist_name
    ) as place,
    album_name,
    artist_name,
    plays,
    minutes,
    tracks
  from counted
)
select listener_id, place, album_name, artist_name, plays, minutes, tracks
from placed
where place <= :limit
order by listener_id, place
