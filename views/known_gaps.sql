-- view: Each stretch of time in which plays may be missing, once, though several runs may have noticed it.
-- column: listener_id string The listener.
-- column: stream string The stream: recently_played.
-- column: gap_from timestamp The newest play known before the gap.
-- column: gap_to timestamp The oldest play known after it.
-- column: noticed_at timestamp When it was noticed first.
select
  listener_id,
  stream,
  gap_from,
  max(gap_to) as gap_to,
  min(fetched_at) as noticed_at
from gaps
group by listener_id, stream, gap_from
