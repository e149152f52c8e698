-- title: Overlap between playlists
-- question: Which two playlists of a listener have most tracks in common?
-- subject: playlists
-- column: listener_id string The listener.
-- column: place bigint Place among the listener's pairs, from 1.
-- column: playlist_name string One playlist.
-- column: other_playlist_name string The other one.
-- column: shared_tracks bigint Tracks that stand in both.
-- column: share_of_smaller double Shared tracks by the different tracks of the smaller one.
-- column: playlist_id string The one playlist; titles may be equal.
-- column: other_playlist_id string The other one.
-- parameter: limit int(1..10000) 50 How many of each listener, at most.
-- parameter: listener string * The listener; * stands for all.
-- key: listener_id, place
with held as (
  select distinct listener_id, playlist_id, playlist_name, track_id
  from current_playlist_items
  where track_id is not null and :listener in ('*', listener_id)
),
sizes as (
  select listener_id, playlist_id, count(*) as tracks
  from held
  group by listener_id, playlist_id
),
shared as (
  select
    one.listener_id,
    one.playlist_id,
    one.playlist_name,
    other.playlist_id as other_playlist_id,
    other.playlist_name as other_playlist_name,
    count(*) as shared_tracks
  from held as one
  join held as other
    on other.listener_id = one.listener_id
    and other.track_id = one.track_id
    and other.playlist_id > one.playlist_id
  group by 1, 2, 3, 4, 5
),
compared as (
  select
    shared.listener_id,
    shared.playlist_id,
    shared.playlist_name,
    shared.other_playlist_id,
    shared.other_playlist_name,
    shared.shared_tracks,
    round(
      cast(shared.shared_tracks as double)
      / case when sizes.tracks < other_sizes.tracks then sizes.tracks else other_sizes.tracks end,
      3
    ) as share_of_smaller
  from shared
  join sizes on sizes.listener_id = shared.listener_id and sizes.playlist_id = shared.playlist_id
  join sizes as other_sizes
    on other_sizes.listener_id = shared.listener_id and other_sizes.playlist_id = shared.other_playlist_id
),
placed as (
  select
    listener_id,
    row_number() over (
      partition by listener_id
      order by shared_tracks desc, share_of_smaller desc, playlist_id, other_playlist_id
    ) as place,
    playlist_name,
    other_playlist_name,
    shared_tracks,
    share_of_smaller,
    playlist_id,
    other_playlist_id
  from compared
)
select
  listener_id,
  place,
  playlist_name,
  other_playlist_name,
  shared_tracks,
  share_of_smaller,
  playlist_id,
  other_playlist_id
from placed
where place <= :limit
order by listener_id, place
