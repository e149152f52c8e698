-- title: Growth of playlists
-- question: How long was each playlist after each day on which it was read, and by how much had it grown?
-- subject: playlists
-- column: listener_id string The listener.
-- column: playlist_name string Its newest title.
-- column: read_on date Day of the read, in the time zone asked for; a playlist is read when it has changed.
-- column: items int Positions in the day's last whole read.
-- column: grown_by int Positions more than on the day before; NULL on the first.
-- column: playlist_id string The playlist; titles may be equal.
-- key: listener_id, playlist_id, read_on
with by_day as (
  select
    listener_id,
    playlist_id,
    playlist_name,
    cast(cast(read_at as timestamp with time zone) at time zone :timezone as date) as read_on,
    max_by(items, read_seq) filter (where items is not null) as items
  from playlist_sizes
  group by 1, 2, 3, 4
),
grown as (
  select
    listener_id,
    playlist_id,
    playlist_name,
    read_on,
    items,
    items - lag(items) over (partition by listener_id, playlist_id order by read_on) as grown_by
  from by_day
)
select listener_id, playlist_name, read_on, items, grown_by, playlist_id
from grown
order by listener_id, playlist_name, playlist_id, read_on
