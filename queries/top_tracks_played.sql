-- title: Most played tracks
-- question: Which tracks were played most often, and how many minutes is that (by their length, where it is not known how long they were heard)?
select
  max_by(track_name, played_at) filter (where track_name is not null) as track,
  max_by(artist_name, played_at) filter (where artist_name is not null) as artist,
  count(*) as plays,
  cast(sum(coalesce(ms_played, duration_ms)) as bigint) / 60000 as minutes,
  min(played_at) as first_played_at,
  max(played_at) as last_played_at
from all_plays
where ms_played is null or ms_played >= 30000
group by coalesce(item_uri, artist_name || ' - ' || track_name)
order by plays desc, minutes desc, track, first_played_at
limit 50
