-- view: Each entry that came into a playlist or left it between two whole reads of it; a new place in it is no change.
-- column: listener_id string The listener.
-- column: playlist_id string The playlist.
-- column: playlist_name string Its newest title, though it may be listed no more.
-- column: change string added or removed.
-- column: changed_after timestamp When the read before was whole: the change came later.
-- column: noticed_at timestamp When the read that shows the change was whole.
-- column: noticed_on date The day of that in the stack's time zone.
-- column: item_position int Place in the playlist, from 0; of what was removed, the last one it had.
-- column: item_type string track, episode or local; what turns unavailable has no name any more, so it was removed.
-- column: track_id string The track, if it is one.
-- column: item_uri string Spotify URI.
-- column: item_name string Title as listed.
-- column: artist_name string First artist as listed.
-- column: added_at timestamp When it was added; what was removed and added anew has a new time.
-- column: added_by_id string User who added it.
-- It has no snapshot_month: what a read is compared with may be of any month before.
with reads as (
  select
    listener_id,
    container_id as playlist_id,
    read_seq,
    completed_at,
    lag(read_seq) over (partition by listener_id, container_id order by read_seq) as read_before,
    lag(completed_at) over (partition by listener_id, container_id order by read_seq) as completed_before,
    lead(read_seq) over (partition by listener_id, container_id order by read_seq) as read_after,
    lead(completed_at) over (partition by listener_id, container_id order by read_seq) as completed_after
  from accepted_reads
  where stream = 'playlist_items' or stream like 'playlist:%'
),
-- The same track may stand in a playlist twice, even with one time: the copies are counted.
entries as (
  select
    listener_id,
    playlist_id,
    read_seq,
    item_position,
    item_type,
    track_id,
    item_uri,
    item_name,
    artist_name,
    added_at,
    added_by_id,
    coalesce(added_at, timestamp '1970-01-01 00:00:00') as known_since,
    row_number() over (
      partition by listener_id, read_seq, item_uri, added_at
      order by item_position
    ) as copy
  from playlist_items
  where item_uri is not null
),
changes as (
  select
    entries.listener_id,
    entries.playlist_id,
    cast('added' as varchar) as change,
    reads.completed_before as changed_after,
    reads.completed_at as noticed_at,
    entries.item_position,
    entries.item_type,
    entries.track_id,
    entries.item_uri,
    entries.item_name,
    entries.artist_name,
    entries.added_at,
    entries.added_by_id
  from entries
  join reads on reads.listener_id = entries.listener_id and reads.read_seq = entries.read_seq
  left join entries as before
    on before.listener_id = reads.listener_id
    and before.read_seq = reads.read_before
    and before.item_uri = entries.item_uri
    and before.known_since = entries.known_since
    and before.copy = entries.copy
  where reads.read_before is not null and before.read_seq is null
  union all
  select
    entries.listener_id,
    entries.playlist_id,
    cast('removed' as varchar) as change,
    reads.completed_at as changed_after,
    reads.completed_after as noticed_at,
    entries.item_position,
    entries.item_type,
    entries.track_id,
    entries.item_uri,
    entries.item_name,
    entries.artist_name,
    entries.added_at,
    entries.added_by_id
  from entries
  join reads on reads.listener_id = entries.listener_id and reads.read_seq = entries.read_seq
  left join entries as later
    on later.listener_id = reads.listener_id
    and later.read_seq = reads.read_after
    and later.item_uri = entries.item_uri
    and later.known_since = entries.known_since
    and later.copy = entries.copy
  where reads.read_after is not null and later.read_seq is null
),
names as (
  select listener_id, playlist_id, max_by(name, read_seq) filter (where name is not null) as name
  from playlists
  group by listener_id, playlist_id
)
select
  changes.listener_id,
  changes.playlist_id,
  names.name as playlist_name,
  changes.change,
  changes.changed_after,
  changes.noticed_at,
  cast(cast(changes.noticed_at as timestamp with time zone) at time zone :timezone as date) as noticed_on,
  changes.item_position,
  changes.item_type,
  changes.track_id,
  changes.item_uri,
  changes.item_name,
  changes.artist_name,
  changes.added_at,
  changes.added_by_id
from changes
left join names on names.listener_id = changes.listener_id and names.playlist_id = changes.playlist_id
