-- title: Runs
-- question: How did each run of the last weeks go, what did it cost in Spotify calls, and what was skipped?
-- subject: operation
-- column: listener_id string The listener.
-- column: started_at timestamp Start, in the time zone asked for.
-- column: status string complete, partial (the next run goes on) or failed.
-- column: stop_reason string Why it stopped early or failed.
-- column: calls int Spotify calls, repeats included.
-- column: containers_read int Playlists and lists that were read.
-- column: containers_unchanged int Those that had not changed.
-- column: skipped_entries bigint What was skipped (see skips_by_reason).
-- column: duration_ms bigint Milliseconds from start to end.
-- column: token_days_left int Days until Spotify ends the listener's sign-in; NULL for an app, or if it is not known.
-- parameter: days int(1..36500) 28 How many days (UTC), up to as_of.
-- parameter: as_of date current_date The last day that counts.
-- key: runs.listener_id, runs.run_id
-- window: extract_runs.snapshot_date
with skipped as (
  select run_id, listener_id, cast(sum(skipped_count) as bigint) as entries
  from skips
  where
    snapshot_date > cast(cast(:as_of - :days * interval '1' day as date) as varchar)
    and snapshot_month >= substr(cast(:as_of - (:days - 1) * interval '1' day as varchar), 1, 7)
  group by run_id, listener_id
)
select
  runs.listener_id,
  cast(cast(runs.started_at as timestamp with time zone) at time zone :timezone as timestamp) as started_at,
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
where
  runs.snapshot_date > cast(cast(:as_of - :days * interval '1' day as date) as varchar)
  and runs.snapshot_date <= cast(:as_of as varchar)
  and runs.snapshot_month >= substr(cast(:as_of - (:days - 1) * interval '1' day as varchar), 1, 7)
  and runs.snapshot_month <= substr(cast(:as_of as varchar), 1, 7)
order by runs.started_at, runs.listener_id, runs.run_id
