-- title: Discoveries per month
-- question: How many tracks and artists did each listener hear for the first time in each month?
-- subject: listening
-- column: listener_id string The listener.
-- column: month date First day of the month, in the stack's time zone.
-- column: new_tracks bigint Tracks that were never heard before, as far as the plays are known.
-- column: new_artists bigint Artists that were never heard before.
-- column: plays bigint Plays of half a minute and longer.
-- column: new_tracks_share double New tracks by plays.
-- key: tracks.listener_id, tracks.month
with first_heard as (
  select listener_id, coalesce(artist_id, artist_name) as artist, min(played_on) as first_on
  from artist_plays
  where is_counted
  group by 1, 2
),
artists_by_month as (
  select listener_id, cast(date_trunc('month', first_on) as date) as month, count(*) as new_artists
  from first_heard
  group by 1, 2
),
tracks_by_month as (
  select
    listener_id,
    cast(date_trunc('month', played_on) as date) as month,
    cast(sum(new_tracks) as bigint) as new_tracks,
    cast(sum(plays) as bigint) as plays
  from daily_listening
  group by 1, 2
)
select
  tracks.listener_id,
  tracks.month,
  tracks.new_tracks,
  coalesce(artists.new_artists, 0) as new_artists,
  tracks.plays,
  round(cast(tracks.new_tracks as double) / tracks.plays, 3) as new_tracks_share
from tracks_by_month as tracks
left join artists_by_month as artists
  on artists.listener_id = tracks.listener_id and artists.month = tracks.month
order by tracks.listener_id, tracks.month
