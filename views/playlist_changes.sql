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
    container_id,
    read_seq,
    completed_at,
    lag(read_seq) over (partition by listener_id, container_id order by read_seq) as read_before,
    lag(completed_at) over (partition by listener_id, container_id order by read_seq) as completed_before
  from accepted_reads
  where stream = 'playlist_items' or stream like 'playlist:%'
),
-- Two reads that follow one another, each with what an entry means that only that one has.
compared as (
  select
    listener_id,
    read_seq,
    completed_before,
    completed_at,
    read_seq as held_by,
    cast('added' as varchar) as change
  from reads
  where read_before is not null
  union all
  select
    listener_id,
    read_seq,
    completed_before,
    completed_at,
    read_before as held_by,
    cast('removed' as varchar) as change
  from reads
  where read_before is not null
),
-- The same track may stand in a playlist twice, even with one time: the copies are counted. The times of the reads are
-- among the columns that rows are parted by, so that a condition on them is applied before anything is compared.
entries as (
  select
    compared.listener_id,
    compared.read_seq,
    compared.completed_before,
    compared.completed_at,
    compared.held_by,
    compared.change,
    items.item_position,
    items.item_uri,
    coalesce(items.added_at, timestamp '1970-01-01 00:00:00') as known_since,
    row_number() over (
      partition by
        compared.listener_id,
        compared.read_seq,
        compared.completed_before,
        compared.completed_at,
        compared.change,
        items.item_uri,
        items.added_at
      order by items.item_position
    ) as copy
  from compared
  join playlist_items as items
    on items.listener_id = compared.listener_id and items.read_seq = compared.held_by
  where items.item_uri is not null
),
-- What is in both reads is no change. What an entry says of itself is looked up afterwards, for few of them.
changes as (
  select
    listener_id,
    completed_before as changed_after,
    completed_at as noticed_at,
    min(change) as change,
    min(held_by) as held_by,
    min(item_position) as item_position
  from entries
  group by listener_id, read_seq, completed_before, completed_at, item_uri, known_since, copy
  having count(*) = 1
),
names as (
  select listener_id, playlist_id, max_by(name, read_seq) filter (where name is not null) as name
  from playlists
  group by listener_id, playlist_id
)
select
  changes.listener_id,
  items.playlist_id,
  names.name as playlist_name,
  changes.change,
  changes.changed_after,
  changes.noticed_at,
  cast(cast(changes.noticed_at as timestamp with time zone) at time zone :timezone as date) as noticed_on,
  changes.item_position,
  items.item_type,
  items.track_id,
  items.item_uri,
  items.item_name,
  items.artist_name,
  items.added_at,
  items.added_by_id
from changes
join playlist_items as items
  on items.listener_id = changes.listener_id
  and items.read_seq = changes.held_by
  and items.item_position = changes.item_position
left join names on names.listener_id = items.listener_id and names.playlist_id = items.playlist_id
