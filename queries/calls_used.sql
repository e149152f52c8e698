-- title: Spotify calls per day
-- question: How many Spotify calls were made on each day (UTC, as the budget is), and how did the runs end?
-- subject: operation
-- column: day date The day.
-- column: runs bigint Runs.
-- column: complete_runs bigint Those that were complete for every listener.
-- column: partial_runs bigint Those that stopped early for one at least.
-- column: failed_runs bigint Those that failed for one at least.
-- column: calls bigint Calls, repeats included.
-- column: retries bigint Repeats among them, after a fault.
-- column: budget_used bigint Calls reserved of the day's budget at its end.
-- column: containers_read bigint Playlists and lists that were read.
-- parameter: days int(1..36500) 28 How many days, up to as_of.
-- parameter: as_of date current_date The last day that counts.
-- key: day
-- window: extract_runs.snapshot_date
with by_run as (
  select
    run_id,
    snapshot_date,
    sum(calls) as calls,
    sum(retries) as retries,
    sum(containers_read) as containers_read,
    max(budget_used) as budget_used,
    count(*) filter (where status = 'partial') > 0 as is_partial,
    count(*) filter (where status = 'failed') > 0 as is_failed
  from extract_runs
  where
    snapshot_date > cast(cast(:as_of - :days * interval '1' day as date) as varchar)
    and snapshot_date <= cast(:as_of as varchar)
    and snapshot_month >= substr(cast(:as_of - (:days - 1) * interval '1' day as varchar), 1, 7)
    and snapshot_month <= substr(cast(:as_of as varchar), 1, 7)
  group by run_id, snapshot_date
)
select
  cast(snapshot_date as date) as day,
  count(*) as runs,
  count(*) filter (where not is_partial and not is_failed) as complete_runs,
  count(*) filter (where is_partial) as partial_runs,
  count(*) filter (where is_failed) as failed_runs,
  cast(sum(calls) as bigint) as calls,
  cast(sum(retries) as bigint) as retries,
  cast(max(budget_used) as bigint) as budget_used,
  cast(sum(containers_read) as bigint) as containers_read
from by_run
group by snapshot_date
order by day
