-- view: Every read of every stream, those included that are not whole in the lake yet.
-- column: listener_id string The listener.
-- column: stream string The stream.
-- column: read_seq bigint The number of the read; a greater one is newer.
-- column: read_at timestamp When it was done.
-- column: row_count int Its rows; NULL of a stream that is not read in whole lists.
-- column: skipped_count int Positions without a row.
-- column: is_whole boolean Its rows are all in the lake.
with dated as (
  select listener_id, source, read_seq, fetched_at from profiles
  union all
  select listener_id, source, read_seq, fetched_at from plays
  union all
  select listener_id, source, read_seq, fetched_at from search_results
)
select
  reads.listener_id,
  reads.stream,
  reads.read_seq,
  reads.completed_at as read_at,
  reads.row_count,
  reads.skipped_count,
  accepted_reads.read_seq is not null as is_whole
from container_reads as reads
left join accepted_reads
  on accepted_reads.listener_id = reads.listener_id and accepted_reads.read_seq = reads.read_seq
union all
select
  listener_id,
  source as stream,
  read_seq,
  max(fetched_at) as read_at,
  cast(null as integer) as row_count,
  0 as skipped_count,
  true as is_whole
from dated
group by listener_id, source, read_seq
