-- title: The longest and the shortest
-- question: Which tracks of each library are the longest, and which the shortest?
-- subject: library
-- column: listener_id string The listener.
-- column: extreme string longest or shortest.
-- column: place bigint Place among them, from 1.
-- column: track_name string Title.
-- column: artist_name string First artist.
-- column: length string Minutes and seconds.
-- parameter: limit int(1..10000) 10 How many of each listener and extreme, at most.
-- parameter: listener string * The listener; * stands for all.
-- key: listener_id, extreme, place
with lengths as (
  select
    listener_id,
    track_name,
    artist_name,
    duration_ms,
    row_number() over (partition by listener_id order by duration_ms desc, track_id) as from_longest,
    row_number() over (partition by listener_id order by duration_ms, track_id) as from_shortest
  from library_tracks
  where duration_ms is not null and :listener in ('*', listener_id)
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
  where from_longest <= :limit
  union all
  select
    listener_id,
    cast('shortest' as varchar) as extreme,
    from_shortest as place,
    track_name,
    artist_name,
    duration_ms
  from lengths
  where from_shortest <= :limit
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
