-- title: Runs, calls and skips
-- question: How did each run go, what did it cost in Spotify calls, and what was passed over?
with skipped as (
  select run_id, listener_id, cast(sum(skipped_count) as bigint) as entries
  from skips
  group by run_id, listener_id
)
select
  runs.started_at,
  runs.listener_id,
  runs.status,
  runs.stop_reason,
  runs.calls,
  runs.containers_read,
  runs.containers_unchanged,
  coalesce(skipped.entries, 0) as skipped_entries,
  runs.duration_ms,
  runs.token_days_left
from extract_runs as runs
left join skipped on skipped.run_id = runs.run_id and skipped.listener_id = runs.listener_id
order by runs.started_at, runs.listener_id
