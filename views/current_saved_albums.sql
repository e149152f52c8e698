-- view: The albums each listener has saved: the newest full read of the library and what was added since.
-- column: listener_id string The listener.
-- column: album_id string The album.
-- column: item_uri string Spotify URI.
-- column: album_name string Title as listed.
-- column: artist_name string First artist as listed.
-- column: added_at timestamp When it was saved.
-- column: fetched_at timestamp When Spotify answered.
with accepted as (
  select
    listener_id,
    read_seq,
    max(case when read_kind = 'full' then library_version end) over (
      partition by listener_id
    ) as newest_version
  from accepted_reads
  where stream = 'saved_albums'
),
numbered as (
  select
    saved_albums.listener_id,
    saved_albums.album_id,
    saved_albums.item_uri,
    saved_albums.album_name,
    saved_albums.artist_name,
    saved_albums.added_at,
    saved_albums.fetched_at,
    row_number() over (
      partition by saved_albums.listener_id
      order by saved_albums.read_seq, saved_albums.list_position desc
    ) as recency
  from saved_albums
  join accepted
    on accepted.listener_id = saved_albums.listener_id
    and accepted.read_seq = saved_albums.read_seq
    and accepted.newest_version = saved_albums.library_version
)
select
  listener_id,
  album_id,
  max(item_uri) as item_uri,
  max_by(album_name, recency) filter (where album_name is not null) as album_name,
  max_by(artist_name, recency) filter (where artist_name is not null) as artist_name,
  added_at,
  max(fetched_at) as fetched_at
from numbered
-- A run that died between writing raw and its checkpoint leaves the same additions in two reads.
group by listener_id, album_id, added_at
