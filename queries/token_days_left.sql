-- title: Days until a sign-in ends
-- question: When does Spotify end each listener's sign-in, to be renewed by npx spotify-lake login?
-- subject: operation
-- column: listener_id string The listener.
-- column: days_left bigint Days from as_of; NULL for an app, or if its date is not known.
-- column: ends_on date The day (UTC) on which it ends.
-- column: last_run_on date Day of the newest run that reported it.
-- column: last_status string How the newest run went.
-- parameter: as_of date current_date The day that counts as today.
-- key: listener_id
with numbered as (
  select
    listener_id,
    status,
    token_days_left,
    ended_at,
    row_number() over (partition by listener_id order by ended_at, run_id) as recency
  from extract_runs
  -- A sign-in lasts for six months.
  where
    snapshot_date >= cast(cast(:as_of - interval '190' day as date) as varchar)
    and snapshot_date <= cast(:as_of as varchar)
    and snapshot_month >= substr(cast(:as_of - interval '190' day as varchar), 1, 7)
    and snapshot_month <= substr(cast(:as_of as varchar), 1, 7)
),
newest as (
  select
    listener_id,
    max_by(token_days_left, recency) filter (where token_days_left is not null) as token_days_left,
    max(case when token_days_left is not null then ended_at end) as reported_at,
    max_by(status, recency) filter (where status is not null) as last_status
  from numbered
  group by listener_id
),
dated as (
  select
    listener_id,
    cast(cast(reported_at as date) + token_days_left * interval '1' day as date) as ends_on,
    cast(reported_at as date) as last_run_on,
    last_status
  from newest
)
select listener_id, date_diff('day', :as_of, ends_on) as days_left, ends_on, last_run_on, last_status
from dated
order by days_left, listener_id
