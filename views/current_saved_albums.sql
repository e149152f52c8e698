-- view: The albums each listener has saved: the newest full read of the library and what was added since.
-- column: listener_id string The listener.
-- column: album_id string The album.
-- column: item_uri string Spotify URI.
-- column: album_name string Title as listed.
-- column: artist_name string First artist as listed.
-- column: added_at timestamp When it was saved.
-- column: fetched_at timestamp When Spotify answered.
with newest as (
  select listener_id, max(library_version) as library_version
  from accepted_reads
  where stream = 'saved_albums' and read_kind = 'full'
  group by listener_id
)
select
  saved_albums.listener_id,
  saved_albums.album_id,
  max(saved_albums.item_uri) as item_uri,
  max_by(saved_albums.album_name, saved_albums.read_seq) filter (
    where saved_albums.album_name is not null
  ) as album_name,
  max_by(saved_albums.artist_name, saved_albums.read_seq) filter (
    where saved_albums.artist_name is not null
  ) as artist_name,
  saved_albums.added_at,
  max(saved_albums.fetched_at) as fetched_at
from saved_albums
join newest
  on newest.listener_id = saved_albums.listener_id and newest.library_version = saved_albums.library_version
join accepted_reads
  on accepted_reads.listener_id = saved_albums.listener_id and accepted_reads.read_seq = saved_albums.read_seq
-- A run that died after landing and before its checkpoint leaves the same additions in two reads.
group by saved_albums.listener_id, saved_albums.album_id, saved_albums.added_at
