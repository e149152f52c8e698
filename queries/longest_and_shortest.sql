-- title: The longest and the shortest
-- question: Which ten tracks of each library are the longest, and which ten the shortest?
-- column: listener_id string The listener.
-- column: extreme string longest or shortest.
-- column: place bigint Place among them, from 1.
-- column: track_name string Title.
-- column: artist_name string First artist.
-- column: length string Minutes and seconds.
with lengths as (
  select
    listener_id,
    track_name,
    artist_name,
    duration_ms,
    row_number() over (partition by listener_id order by duration_ms desc, track_id) as from_longest,
    row_number() over (partition by listener_id order by duration_ms, track_id) as from_shortest
  from library_tracks
  where duration_ms is not null
),
chosen as (
  select
    listener_id,
    cast('longest' as varchar) as extreme,
    from_longest as place,
    track_name,
    artist_name,
    duration_ms
  from lengths
  where from_longest <= 10
  union all
  select
    listener_id,
    cast('shortest' as varchar) as extreme,
    from_shortest as place,
    track_name,
    artist_name,
    duration_ms
  from lengths
  where from_shortest <= 10
)
select
  listener_id,
  extreme,
  place,
  track_name,
  artist_name,
  cast(duration_ms / 60000 as varchar)
  || ':'
  || lpad(cast(mod(duration_ms / 1000, 60) as varchar), 2, '0') as length
from chosen
order by listener_id, extreme, place
