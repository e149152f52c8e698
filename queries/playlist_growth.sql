-- title: Growth of playlists
-- question: How long was each playlist after each day on which it was read, and by how much had it grown?
-- subject: playlists
-- column: listener_id string The listener.
-- column: playlist_name string Its newest title.
-- column: read_on date Day of the read, in the time zone asked for; a playlist is read when it has changed.
-- column: items int Positions in the day's last whole read.
-- column: grown_by int Positions more than on the day before; NULL on the first.
-- key: grown.listener_id, grown.playlist_id, grown.read_on
with names as (
  select listener_id, playlist_id, max_by(name, read_seq) filter (where name is not null) as name
  from playlists
  group by listener_id, playlist_id
),
by_day as (
  select
    listener_id,
    container_id as playlist_id,
    cast(cast(completed_at as timestamp with time zone) at time zone :timezone as date) as read_on,
    max_by(row_count, read_seq) filter (where row_count is not null) as items
  from accepted_reads
  where stream = 'playlist_items' or stream like 'playlist:%'
  group by 1, 2, 3
),
grown as (
  select
    listener_id,
    playlist_id,
    read_on,
    items,
    items - lag(items) over (partition by listener_id, playlist_id order by read_on) as grown_by
  from by_day
)
select grown.listener_id, names.name as playlist_name, grown.read_on, grown.items, grown.grown_by
from grown
left join names on names.listener_id = grown.listener_id and names.playlist_id = grown.playlist_id
order by grown.listener_id, playlist_name, grown.playlist_id, grown.read_on
