-- title: Freshness of the streams
-- question: When was each stream last read whole, how many reads were there, and is one of them incomplete?
-- subject: operation
-- column: listener_id string The listener.
-- column: stream string The stream.
-- column: last_read_at timestamp When the newest whole read was done, in the time zone asked for.
-- column: days_ago bigint Days from then to as_of.
-- column: rows_last_read int Rows of that read; NULL of a stream that is not read in whole lists.
-- column: reads bigint Reads up to as_of.
-- column: incomplete_reads bigint Reads with rows missing in the lake: they do not count.
-- column: skipped_entries bigint Positions without a row in all of these reads.
-- parameter: as_of date current_date The day that counts as today.
-- key: listener_id, stream
with counted as (
  select
    listener_id,
    stream,
    max(case when is_whole then read_at end) as last_read_at,
    max_by(row_count, read_seq) filter (where is_whole and row_count is not null) as rows_last_read,
    count(*) as reads,
    count(*) filter (where not is_whole) as incomplete_reads,
    cast(sum(skipped_count) as bigint) as skipped_entries
  from stream_reads
  where cast(read_at as date) <= :as_of
  group by listener_id, stream
)
select
  listener_id,
  stream,
  cast(cast(last_read_at as timestamp with time zone) at time zone :timezone as timestamp) as last_read_at,
  date_diff('day', cast(last_read_at as date), :as_of) as days_ago,
  rows_last_read,
  reads,
  incomplete_reads,
  skipped_entries
from counted
order by days_ago desc, listener_id, stream
