-- title: What was skipped
-- question: What did the runs of the last weeks skip, and why?
-- subject: operation
-- column: listener_id string The listener.
-- column: stream string The stream.
-- column: reason string A code such as not_owned, not_found or null_entry.
-- column: containers bigint Different playlists or lists.
-- column: entries bigint Different positions, or whole containers.
-- column: example string Name of one of the containers, if known.
-- column: message string What Spotify or extract last said.
-- column: last_at timestamp When it was skipped last, in the time zone asked for.
-- parameter: days int(1..36500) 28 How many days (UTC), up to as_of.
-- parameter: as_of date current_date The last day that counts.
-- key: listener_id, stream, reason
-- window: skips.snapshot_date
-- empty: Nothing was skipped in these days.
with numbered as (
  select
    listener_id,
    stream,
    reason,
    container_id,
    container_name,
    item_position,
    message,
    fetched_at,
    row_number() over (
      partition by listener_id
      order by fetched_at, run_id, source, container_id, item_position
    ) as recency
  from skips
  where
    snapshot_date > cast(cast(:as_of - :days * interval '1' day as date) as varchar)
    and snapshot_date <= cast(:as_of as varchar)
    and snapshot_month >= substr(cast(:as_of - (:days - 1) * interval '1' day as varchar), 1, 7)
    and snapshot_month <= substr(cast(:as_of as varchar), 1, 7)
),
counted as (
  select
    listener_id,
    stream,
    reason,
    count(distinct container_id) as containers,
    count(distinct container_id || ' ' || cast(item_position as varchar)) as entries,
    min(container_name) as example,
    max_by(message, recency) filter (where message is not null) as message,
    max(fetched_at) as last_at
  from numbered
  group by listener_id, stream, reason
)
select
  listener_id,
  stream,
  reason,
  containers,
  entries,
  example,
  message,
  cast(cast(last_at as timestamp with time zone) at time zone :timezone as timestamp) as last_at
from counted
order by listener_id, stream, reason
