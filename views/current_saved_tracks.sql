-- view: The tracks each listener has saved: the newest full read of the library and what was added since.
-- column: listener_id string The listener.
-- column: item_type string track or local.
-- column: track_id string The track; NULL for a local file.
-- column: item_uri string Spotify URI.
-- column: item_name string Title as listed.
-- column: artist_name string First artist as listed.
-- column: added_at timestamp When it was saved.
-- column: fetched_at timestamp When Spotify answered.
with accepted as (
  select
    listener_id,
    read_seq,
    max(case when read_kind = 'full' then library_version end) over (
      partition by listener_id
    ) as newest_version
  from accepted_reads
  where stream = 'saved_tracks'
),
numbered as (
  select
    saved_tracks.listener_id,
    saved_tracks.item_type,
    saved_tracks.track_id,
    saved_tracks.item_uri,
    saved_tracks.item_name,
    saved_tracks.artist_name,
    saved_tracks.added_at,
    saved_tracks.fetched_at,
    row_number() over (
      partition by saved_tracks.listener_id
      order by saved_tracks.read_seq, saved_tracks.list_position desc
    ) as recency
  from saved_tracks
  join accepted
    on accepted.listener_id = saved_tracks.listener_id
    and accepted.read_seq = saved_tracks.read_seq
    and accepted.newest_version = saved_tracks.library_version
)
select
  listener_id,
  max_by(item_type, recency) filter (where item_type is not null) as item_type,
  max(track_id) as track_id,
  item_uri,
  max_by(item_name, recency) filter (where item_name is not null) as item_name,
  max_by(artist_name, recency) filter (where artist_name is not null) as artist_name,
  added_at,
  max(fetched_at) as fetched_at
from numbered
-- A run that died between writing raw and its checkpoint leaves the same additions in two reads.
group by listener_id, item_uri, added_at
