-- title: Top artists of the library
-- question: Which artists stand behind most of the tracks that were saved or put into playlists?
with kept as (
  select track_id, 1 as saved, 0 as listed from current_saved_tracks where track_id is not null
  union all
  select track_id, 0 as saved, 1 as listed from current_playlist_items where track_id is not null
)
select
  artists.artist_name,
  count(distinct kept.track_id) as tracks,
  cast(sum(kept.saved) as bigint) as times_saved,
  cast(sum(kept.listed) as bigint) as times_in_playlists
from kept
join current_track_artists as artists on artists.track_id = kept.track_id
group by artists.artist_id, artists.artist_name
order by tracks desc, times_saved desc, artists.artist_name, artists.artist_id
limit 50
