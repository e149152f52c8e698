-- title: Album completion
-- question: How much of each album has each listener heard?
-- key: heard.listener_id, heard.album_id
with heard as (
  select plays.listener_id, tracks.album_id, count(distinct plays.track_id) as tracks_heard
  from all_plays as plays
  join current_tracks as tracks on tracks.track_id = plays.track_id
  where plays.is_counted
  group by plays.listener_id, tracks.album_id
)
select
  heard.listener_id,
  albums.name as album_name,
  albums.primary_artist_name as artist_name,
  heard.tracks_heard,
  albums.total_tracks,
  round(cast(heard.tracks_heard as double) / albums.total_tracks, 3) as share
from heard
join current_albums as albums on albums.album_id = heard.album_id
where albums.total_tracks > 1
order by heard.listener_id, share desc, heard.tracks_heard desc, albums.name, heard.album_id
