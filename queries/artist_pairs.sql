-- title: Artists who appear together
-- question: Which two artists are credited together on most tracks of each library?
-- column: artist_name string One artist.
-- column: other_artist_name string The other one.
-- column: tracks bigint Tracks that credit both.
-- column: example string Title of one of them.
-- column: listener_id string The listener.
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
  group by 1, 2, 3
)
select artist_name, other_artist_name, tracks, example, listener_id
from pairs
order by tracks desc, artist_name, other_artist_name, listener_id, artist_id, other_artist_id
limit 50
