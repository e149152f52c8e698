-- title: Artists of the library
-- question: Which artists stand behind most of the tracks that each listener saved or put into playlists?
-- subject: library
-- column: listener_id string The listener.
-- column: place bigint Place among the listener's artists, from 1.
-- column: artist_name string The artist, credited first or not.
-- column: tracks bigint Tracks in the library.
-- column: saved_tracks bigint Those of them that are saved.
-- column: times_in_playlists bigint How often they stand in playlists.
-- parameter: limit int(1..10000) 50 How many of each listener, at most.
-- parameter: listener string * The listener; * stands for all.
-- key: listener_id, place
with counted as (
  select
    kept.listener_id,
    coalesce(artists.artist_id, artists.artist_name) as artist,
    max(artists.artist_name) as artist_name,
    count(*) as tracks,
    count(*) filter (where kept.is_saved) as saved_tracks,
    cast(sum(kept.times_in_playlists) as bigint) as times_in_playlists
  from library_tracks as kept
  join current_track_artists as artists on artists.track_id = kept.track_id
  where :listener in ('*', kept.listener_id)
  group by 1, 2
),
placed as (
  select
    listener_id,
    row_number() over (
      partition by listener_id
      order by tracks desc, saved_tracks desc, times_in_playlists desc, artist_name, artist
    ) as place,
    artist_name,
    tracks,
    saved_tracks,
    times_in_playlists
  from counted
)
select listener_id, place, artist_name, tracks, saved_tracks, times_in_playlists
from placed
where place <= :limit
order by listener_id, place
