-- title: Decades of release
-- question: From which decades are the tracks in each library?
-- subject: library
-- column: listener_id string The listener.
-- column: decade int First year of the decade; NULL where the year of release is not known.
-- column: tracks bigint Tracks that are saved or in playlists.
-- column: share double Of the library's tracks.
-- column: first_year int The first year of it with a track.
-- column: last_year int The last one.
-- key: listener_id, decade
with counted as (
  select
    listener_id,
    release_decade as decade,
    count(*) as tracks,
    min(release_year) as first_year,
    max(release_year) as last_year
  from library_tracks
  group by 1, 2
)
select
  listener_id,
  decade,
  tracks,
  round(cast(tracks as double) / sum(tracks) over (partition by listener_id), 3) as share,
  first_year,
  last_year
from counted
order by listener_id, decade
