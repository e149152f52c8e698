-- title: Playlists at a glance
-- question: How long is each playlist, how varied, and how much of it cannot be played?
select
  playlist_name,
  count(*) as items,
  cast(sum(duration_ms) as bigint) / 60000 as minutes,
  count(distinct artist_name) as artists,
  count_if(item_type = 'episode') as episodes,
  count_if(item_type = 'local') as local_files,
  count_if(item_type = 'unavailable') as unavailable
from current_playlist_items
group by playlist_id, playlist_name
order by items desc, playlist_name, playlist_id
