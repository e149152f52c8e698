-- title: Skipped tracks
-- question: Which tracks of the imported history, heard five times or more, does the listener skip most often?
select
  max_by(item_name, played_at) filter (where item_name is not null) as track,
  max_by(artist_name, played_at) filter (where artist_name is not null) as artist,
  count(*) as plays,
  count(*) filter (where skipped) as skips,
  round(cast(count(*) filter (where skipped) as double) / count(*), 3) as skipped_share,
  max(played_at) as last_played_at
from streaming_history
where item_type = 'track' and skipped is not null
group by listener_id, item_key
having count(*) >= 5 and count(*) filter (where skipped) > 0
order by skipped_share desc, plays desc, track, last_played_at
limit 50
