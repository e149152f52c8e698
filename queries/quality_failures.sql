-- title: Failed quality rules
-- question: Which quality rules failed in the last 30 days, how badly, and what do the failing rows look like?
-- subject: operation
-- column: listener_id string The listener.
-- column: severity string block (nothing was published) or warn.
-- column: table_name string The table.
-- column: rule string The rule.
-- column: column_name string The column it is about; NULL if it is about the table.
-- column: stream string The stream whose rows were checked.
-- column: failures bigint How often it failed.
-- column: failed_rows bigint Rows that failed it the last time.
-- column: total_rows bigint Rows that were checked the last time.
-- column: observed double What was measured the last time.
-- column: expected string What was wanted.
-- column: sample string Some of the failing rows of the last time.
-- column: last_failed_at timestamp When it failed last, in the time zone asked for.
-- parameter: days int(1..36500) 30 How many days, up to as_of.
-- parameter: as_of date current_date The last day that counts.
-- key: listener_id, severity, table_name, rule, column_name, stream
-- window: quality_results.snapshot_date
-- empty: No quality rule failed in these days.
with failed as (
  select
    listener_id,
    severity,
    table_name,
    rule,
    column_name,
    stream,
    failed_rows,
    total_rows,
    observed,
    expected,
    sample,
    fetched_at,
    count(*) over (partition by listener_id, severity, table_name, rule, column_name, stream) as failures,
    row_number() over (
      partition by listener_id, severity, table_name, rule, column_name, stream
      order by fetched_at desc, read_seq desc, container_id
    ) as from_last
  from quality_results
  where
    status = 'failed'
    and snapshot_date > cast(cast(:as_of - :days * interval '1' day as date) as varchar)
    and snapshot_date <= cast(:as_of as varchar)
    and snapshot_month >= substr(cast(:as_of - (:days - 1) * interval '1' day as varchar), 1, 7)
    and snapshot_month <= substr(cast(:as_of as varchar), 1, 7)
)
select
  listener_id,
  severity,
  table_name,
  rule,
  column_name,
  stream,
  failures,
  failed_rows,
  total_rows,
  observed,
  expected,
  sample,
  cast(cast(fetched_at as timestamp with time zone) at time zone :timezone as timestamp) as last_failed_at
from failed
where from_last = 1
order by listener_id, severity, table_name, rule, column_name, stream
