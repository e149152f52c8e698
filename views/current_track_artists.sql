-- view: The credited artists of every track, by its newest row.
-- column: track_id string The track.
-- column: artist_position int Place in the credits, from 0.
-- column: artist_id string The artist.
-- column: artist_name string Name as credited.
with newest as (
  select track_id, max(read_seq) as read_seq
  from track_artists
  group by track_id
)
select
  track_artists.track_id,
  track_artists.artist_position,
  track_artists.artist_id,
  track_artists.artist_name
from track_artists
join newest on newest.track_id = track_artists.track_id and newest.read_seq = track_artists.read_seq
