-- title: Top genres
-- question: Which genres did each listener hear most in the last weeks, by plays or by minutes?
-- subject: listening
-- column: listener_id string The listener.
-- column: place bigint Place among the listener's genres, from 1.
-- column: genre string Spotify's word for it.
-- column: plays bigint Plays of half a minute and longer by an artist of that genre; a play counts for each of its genres.
-- column: minutes bigint Whole minutes, by the tracks' length where it is not known how much was heard.
-- column: artists bigint Different artists of that genre.
-- column: last_played_on date Day of the last play.
-- parameter: from date none The first day that counts; none for the last days.
-- parameter: to date current_date The last day that counts.
-- parameter: days int(1..36500) 28 How many days, the last one being to; not used if from is given.
-- parameter: by plays|minutes plays What the places go by: plays or minutes.
-- parameter: limit int(1..10000) 50 How many of each listener, at most.
-- parameter: listener string * The listener; * stands for all.
-- key: listener_id, place
-- window: artist_plays.played_on
-- empty: No artist of these plays has a genre; Spotify sends genres only to apps with extended quota.
with heard as (
  select
    plays.listener_id,
    plays.played_on,
    plays.played_at,
    plays.item_key,
    plays.artist_id,
    plays.ms_heard,
    genres.genre,
    row_number() over (
      partition by plays.listener_id, plays.played_at, plays.item_key, plays.ms_heard, genres.genre
      order by plays.artist_position, plays.artist_id
    ) as artist_of_play
  from artist_plays as plays
  join current_artist_genres as genres on genres.artist_id = plays.artist_id
  where
    plays.is_counted
    and plays.played_on between coalesce(:from, cast(:to - (:days - 1) * interval '1' day as date)) and :to
    and plays.snapshot_month
    >= substr(cast(coalesce(:from - interval '2' day, :to - (:days + 1) * interval '1' day) as varchar), 1, 7)
    and :listener in ('*', plays.listener_id)
),
counted as (
  select
    listener_id,
    genre,
    count(*) filter (where artist_of_play = 1) as plays,
    cast(sum(case when artist_of_play = 1 then ms_heard else 0 end) as bigint) / 60000 as minutes,
    count(distinct artist_id) as artists,
    max(played_on) as last_played_on
  from heard
  group by listener_id, genre
),
placed as (
  select
    listener_id,
    row_number() over (
      partition by listener_id
      order by case when :by = 'minutes' then minutes else plays end desc, plays desc, minutes desc, genre
    ) as place,
    genre,
    plays,
    minutes,
    artists,
    last_played_on
  from counted
)
select listener_id, place, genre, plays, minutes, artists, last_played_on
from placed
where place <= :limit
order by listener_id, place
