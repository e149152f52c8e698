-- view: How long each playlist was at each whole read of it; a playlist is read when it has changed.
-- column: listener_id string The listener.
-- column: playlist_id string The playlist.
-- column: playlist_name string Its newest title, though it may be listed no more.
-- column: read_seq bigint The number of the read; a greater one is newer.
-- column: read_at timestamp When the read was checked to be whole.
-- column: items int Its positions.
-- It has no snapshot_month: the newest title may be of any month.
with names as (
  select listener_id, playlist_id, max_by(name, read_seq) filter (where name is not null) as name
  from playlists
  group by listener_id, playlist_id
)
select
  reads.listener_id,
  reads.container_id as playlist_id,
  names.name as playlist_name,
  reads.read_seq,
  reads.completed_at as read_at,
  reads.row_count as items
from accepted_reads as reads
left join names on names.listener_id = reads.listener_id and names.playlist_id = reads.container_id
where reads.row_count is not null and (reads.stream = 'playlist_items' or reads.stream like 'playlist:%')
