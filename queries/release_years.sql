-- title: Years of release
-- question: From which years is what each listener keeps, and from which what they hear?
-- subject: library
-- column: listener_id string The listener.
-- column: release_year int Year of the album's release.
-- column: library_tracks bigint Tracks that are saved or in playlists.
-- column: plays bigint Plays of half a minute and longer.
-- parameter: days int(1..36500) 365 How many days of plays, up to as_of.
-- parameter: as_of date current_date The last day that counts.
-- key: listener_id, release_year
with counted as (
  select listener_id, release_year, 1 as kept, 0 as played
  from library_tracks
  union all
  select plays.listener_id, albums.release_year, 0 as kept, 1 as played
  from all_plays as plays
  join current_tracks as tracks on tracks.track_id = plays.track_id
  join current_albums as albums on albums.album_id = tracks.album_id
  where
    plays.is_counted
    and date_diff('day', plays.played_on, :as_of) between 0 and :days - 1
    and plays.snapshot_month >= substr(cast(:as_of - (:days + 1) * interval '1' day as varchar), 1, 7)
)
select
  listener_id,
  release_year,
  cast(sum(kept) as bigint) as library_tracks,
  cast(sum(played) as bigint) as plays
from counted
where release_year is not null
group by listener_id, release_year
order by listener_id, release_year
