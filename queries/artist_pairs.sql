-- title: Artists who appear together
-- question: Which two artists are credited together on most tracks of each library?
-- subject: library
-- column: listener_id string The listener.
-- column: place bigint Place among the listener's pairs, from 1.
-- column: artist_name string One artist.
-- column: other_artist_name string The other one.
-- column: tracks bigint Tracks that credit both.
-- column: example string Title of one of them.
-- parameter: limit int(1..10000) 50 How many of each listener, at most.
-- parameter: listener string * The listener; * stands for all.
-- key: listener_id, place
with pairs as (
  select
    kept.listener_id,
    one.artist_id,
    other.artist_id as other_artist_id,
    max(one.artist_name) as artist_name,
    max(other.artist_name) as other_artist_name,
    count(distinct kept.track_id) as tracks,
    min(kept.track_name) as example
  from library_tracks as kept
  join current_track_artists as one on one.track_id = kept.track_id
  join current_track_artists as other on other.track_id = kept.track_id and other.artist_id > one.artist_id
  where :listener in ('*', kept.listener_id)
  group by 1, 2, 3
),
placed as (
  select
    listener_id,
    row_number() over (
      partition by listener_id
      order by tracks desc, artist_name, other_artist_name, artist_id, other_artist_id
    ) as place,
    artist_name,
    other_artist_name,
    tracks,
    example
  from pairs
)
select listener_id, place, artist_name, other_artist_name, tracks, example
from placed
where place <= :limit
order by listener_id, place
