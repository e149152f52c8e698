-- title: Decades of release
-- question: From which decades are the tracks in the library?
with kept as (
  select track_id from current_saved_tracks where track_id is not null
  union
  select track_id from current_playlist_items where track_id is not null
)
select
  albums.release_year - mod(albums.release_year, 10) as decade,
  count(*) as tracks,
  min(albums.release_year) as first_year,
  max(albums.release_year) as last_year
from kept
join current_tracks as tracks on tracks.track_id = kept.track_id
left join current_albums as albums on albums.album_id = tracks.album_id
group by 1
order by 1
