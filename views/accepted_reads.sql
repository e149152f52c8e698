-- view: Every container read whose rows are all there; the others are half-written and do not count yet.
-- column: listener_id string The listener.
-- column: read_seq bigint The number of the read; a greater one is newer.
-- column: stream string The stream.
-- column: container_id string The playlist's id, a top list such as tracks:short_term, or else the stream's name.
-- column: read_kind string full or additions.
-- column: library_version bigint read_seq of the full read that this belongs to.
-- column: container_version string The container's version.
-- column: completed_at timestamp When the read was checked to be whole.
-- column: row_count int Rows of the read.
-- The column stream lets the engine leave out the tables of other streams.
with held as (
  select listener_id, read_seq, 'playlists' as stream, count(*) as row_count
  from playlists
  where source = 'playlists'
  group by listener_id, read_seq
  union all
  select listener_id, read_seq, source as stream, count(*) as row_count
  from playlist_items
  group by listener_id, read_seq, source
  union all
  select listener_id, read_seq, 'saved_tracks' as stream, count(*) as row_count
  from saved_tracks
  group by listener_id, read_seq
  union all
  select listener_id, read_seq, 'saved_albums' as stream, count(*) as row_count
  from saved_albums
  group by listener_id, read_seq
  union all
  select listener_id, read_seq, 'followed_artists' as stream, count(*) as row_count
  from followed_artists
  group by listener_id, read_seq
  union all
  select listener_id, read_seq, 'top_items' as stream, count(*) as row_count
  from top_items
  group by listener_id, read_seq
  union all
  select listener_id, read_seq, 'saved_shows' as stream, count(*) as row_count
  from saved_shows
  group by listener_id, read_seq
  union all
  select listener_id, read_seq, 'saved_episodes' as stream, count(*) as row_count
  from saved_episodes
  group by listener_id, read_seq
  union all
  select listener_id, read_seq, 'saved_audiobooks' as stream, count(*) as row_count
  from saved_audiobooks
  group by listener_id, read_seq
)
select
  reads.listener_id,
  reads.read_seq,
  reads.stream,
  reads.container_id,
  reads.read_kind,
  reads.library_version,
  reads.container_version,
  reads.completed_at,
  reads.row_count
from container_reads as reads
left join held
  on held.listener_id = reads.listener_id
  and held.read_seq = reads.read_seq
  and held.stream = reads.stream
where reads.row_count = coalesce(held.row_count, 0)
