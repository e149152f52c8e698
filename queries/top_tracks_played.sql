-- title: Most played tracks
-- question: Which tracks were played most often, and how many minutes is that by their length?
select
  max_by(track_name, played_at) filter (where track_name is not null) as track,
  max_by(artist_name, played_at) filter (where artist_name is not null) as artist,
  count(*) as plays,
  cast(sum(duration_ms) as bigint) / 60000 as minutes,
  min(played_at) as first_played_at,
  max(played_at) as last_played_at
from all_plays
group by item_uri
order by plays desc, minutes desc, track, item_uri
limit 50
