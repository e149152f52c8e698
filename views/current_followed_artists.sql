-- view: The artists each listener follows, by the newest whole read.
-- column: listener_id string The listener.
-- column: list_position int Place in the list, from 0.
-- column: artist_id string The artist.
-- column: artist_name string Name as listed.
-- column: fetched_at timestamp When Spotify answered.
with newest as (
  select listener_id, max(read_seq) as read_seq
  from accepted_reads
  where stream = 'followed_artists'
  group by listener_id
)
select
  artists.listener_id,
  artists.list_position,
  artists.artist_id,
  artists.artist_name,
  artists.fetched_at
from followed_artists as artists
join newest on newest.listener_id = artists.listener_id and newest.read_seq = artists.read_seq
