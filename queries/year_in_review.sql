-- title: Years in review
-- question: What was each year of listening like: how much, which artist, which track, which day?
-- subject: listening
-- column: listener_id string The listener.
-- column: year bigint The year, in the stack's time zone.
-- column: plays bigint Plays of half a minute and longer.
-- column: minutes bigint Whole minutes, by the tracks' length where it is not known how much was heard.
-- column: tracks bigint Different tracks, episodes and chapters.
-- column: artists bigint Different first artists (and shows).
-- column: new_artists bigint Those of the artists that were heard for the first time.
-- column: days_heard bigint Days with a play.
-- column: top_artist string The first artist with most plays.
-- column: top_artist_plays bigint The artist's plays.
-- column: top_track string Title of the track with most plays.
-- column: top_track_artist string Its first artist.
-- column: top_track_plays bigint Its plays.
-- column: busiest_day date The day with most minutes.
-- column: busiest_day_minutes bigint Whole minutes of it.
-- parameter: as_of date current_date The last day that counts.
-- key: totals.listener_id, totals.year
with heard as (
  select
    listener_id,
    cast(year(played_on) as bigint) as year,
    played_on,
    item_key,
    track_name,
    artist_name,
    ms_heard
  from all_plays
  where is_counted and played_on <= :as_of
),
totals as (
  select
    listener_id,
    year,
    count(*) as plays,
    cast(sum(ms_heard) as bigint) / 60000 as minutes,
    count(distinct item_key) as tracks,
    count(distinct artist_name) as artists,
    count(distinct played_on) as days_heard
  from heard
  group by 1, 2
),
firsts as (
  select listener_id, artist_name, min(year) as year
  from heard
  where artist_name is not null
  group by 1, 2
),
new_artists as (
  select listener_id, year, count(*) as new_artists
  from firsts
  group by 1, 2
),
artists as (
  select
    listener_id,
    year,
    artist_name,
    count(*) as plays,
    row_number() over (partition by listener_id, year order by count(*) desc, artist_name) as place
  from heard
  where artist_name is not null
  group by 1, 2, 3
),
tracks as (
  select
    listener_id,
    year,
    item_key,
    max(track_name) as track_name,
    max(artist_name) as artist_name,
    count(*) as plays,
    row_number() over (
      partition by listener_id, year
      order by count(*) desc, max(track_name), item_key
    ) as place
  from heard
  group by 1, 2, 3
),
days as (
  select
    listener_id,
    year,
    played_on,
    cast(sum(ms_heard) as bigint) / 60000 as minutes,
    row_number() over (partition by listener_id, year order by sum(ms_heard) desc, played_on) as place
  from heard
  group by 1, 2, 3
)
select
  totals.listener_id,
  totals.year,
  totals.plays,
  totals.minutes,
  totals.tracks,
  totals.artists,
  coalesce(new_artists.new_artists, 0) as new_artists,
  totals.days_heard,
  artists.artist_name as top_artist,
  artists.plays as top_artist_plays,
  tracks.track_name as top_track,
  tracks.artist_name as top_track_artist,
  tracks.plays as top_track_plays,
  days.played_on as busiest_day,
  days.minutes as busiest_day_minutes
from totals
left join new_artists on new_artists.listener_id = totals.listener_id and new_artists.year = totals.year
left join artists
  on artists.listener_id = totals.listener_id and artists.year = totals.year and artists.place = 1
left join tracks
  on tracks.listener_id = totals.listener_id and tracks.year = totals.year and tracks.place = 1
left join days on days.listener_id = totals.listener_id and days.year = totals.year and days.place = 1
order by totals.listener_id, totals.year
