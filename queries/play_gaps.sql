-- title: Gaps in the plays
-- question: When may plays be missing, since more were played between two reads than Spotify shows?
select
  listener_id,
  gap_from,
  min(gap_to) as gap_to,
  date_diff('millisecond', gap_from, min(gap_to)) / 60000 as minutes,
  min(fetched_at) as noticed_at
from gaps
where stream = 'recently_played'
group by listener_id, stream, gap_from
order by gap_from, gap_to, listener_id
