-- view: The playlists of each listener's newest list, and those read as a source of their own (playlist:ID).
-- column: listener_id string The listener.
-- column: playlist_id string Spotify's id.
-- column: list_position int Place in the listener's list, from 0; NULL for a source playlist:ID.
-- column: name string Title.
-- column: description string Description.
-- column: owner_id string User id of the owner.
-- column: owner_name string Name of the owner.
-- column: is_public boolean Shown on the owner's profile.
-- column: is_collaborative boolean Others may edit it.
-- column: snapshot_id string Version of the contents.
-- column: item_count int Items by Spotify's own count.
-- column: image_url string The first cover image.
-- column: fetched_at timestamp When Spotify answered.
with newest_list as (
  select listener_id, max(read_seq) as read_seq
  from accepted_reads
  where stream = 'playlists'
  group by listener_id
),
newest as (
  select playlists.listener_id, playlists.playlist_id, max(playlists.read_seq) as read_seq
  from playlists
  left join newest_list
    on newest_list.listener_id = playlists.listener_id and newest_list.read_seq = playlists.read_seq
  where playlists.source <> 'playlists' or newest_list.read_seq is not null
  group by playlists.listener_id, playlists.playlist_id
)
select
  playlists.listener_id,
  playlists.playlist_id,
  playlists.list_position,
  playlists.name,
  playlists.description,
  playlists.owner_id,
  playlists.owner_name,
  playlists.is_public,
  playlists.is_collaborative,
  playlists.snapshot_id,
  playlists.item_count,
  playlists.image_url,
  playlists.fetched_at
from playlists
join newest
  on newest.listener_id = playlists.listener_id
  and newest.playlist_id = playlists.playlist_id
  and newest.read_seq = playlists.read_seq
