-- view: Every track that a listener has saved or that stands in one of their playlists, once.
-- column: listener_id string The listener.
-- column: track_id string The track.
-- column: track_name string Title.
-- column: artist_name string The first artist.
-- column: album_id string The album.
-- column: album_name string Title of the album.
-- column: release_year int Year of the album's release, if it is a real one.
-- column: duration_ms bigint Length in milliseconds.
-- column: is_explicit boolean Has explicit lyrics.
-- column: is_saved boolean Is among the saved tracks.
-- column: playlists bigint Playlists that hold it.
-- column: times_in_playlists bigint How often it stands in them.
-- column: first_added_at timestamp When it was first saved or added, as far as Spotify says.
-- column: release_decade int First year of the decade of its release; NULL where release_year is.
with entries as (
  select listener_id, track_id, added_at, cast(null as varchar) as playlist_id
  from current_saved_tracks
  union all
  select listener_id, track_id, added_at, playlist_id
  from current_playlist_items
),
kept as (
  select
    listener_id,
    track_id,
    count(*) > count(playlist_id) as is_saved,
    count(distinct playlist_id) as playlists,
    count(playlist_id) as times_in_playlists,
    min(added_at) as first_added_at
  from entries
  where track_id is not null
  group by listener_id, track_id
)
select
  kept.listener_id,
  kept.track_id,
  tracks.name as track_name,
  tracks.primary_artist_name as artist_name,
  tracks.album_id,
  tracks.album_name,
  albums.release_year,
  tracks.duration_ms,
  tracks.is_explicit,
  kept.is_saved,
  kept.playlists,
  kept.times_in_playlists,
  kept.first_added_at,
  albums.release_year - mod(albums.release_year, 10) as release_decade
from kept
left join current_tracks as tracks on tracks.track_id = kept.track_id
left join current_albums as albums on albums.album_id = tracks.album_id
