-- title: Gaps in the plays
-- question: When may plays be missing, since more were played between two reads than Spotify shows?
-- subject: operation
-- column: listener_id string The listener.
-- column: gap_from timestamp The newest play known before the gap, in the time zone asked for.
-- column: gap_to timestamp The oldest play known after it.
-- column: minutes bigint Whole minutes between them.
-- column: plays_known bigint Plays in between that an imported history has.
-- column: noticed_at timestamp When it was noticed.
-- key: listener_id, counted.gap_from
-- empty: No gap in the plays is known.
with counted as (
  select gaps.listener_id, gaps.gap_from, gaps.gap_to, gaps.noticed_at, count(plays.played_at) as plays_known
  from known_gaps as gaps
  left join all_plays as plays
    on plays.listener_id = gaps.listener_id
    and plays.origin = 'import'
    and plays.played_at > gaps.gap_from
    and plays.played_at < gaps.gap_to
  where gaps.stream = 'recently_played'
  group by 1, 2, 3, 4
)
select
  listener_id,
  cast(cast(gap_from as timestamp with time zone) at time zone :timezone as timestamp) as gap_from,
  cast(cast(gap_to as timestamp with time zone) at time zone :timezone as timestamp) as gap_to,
  date_diff('millisecond', counted.gap_from, counted.gap_to) / 60000 as minutes,
  plays_known,
  cast(cast(noticed_at as timestamp with time zone) at time zone :timezone as timestamp) as noticed_at
from counted
order by listener_id, counted.gap_from
