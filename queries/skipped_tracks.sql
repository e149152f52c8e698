-- title: Skipped tracks
-- question: Which tracks of the imported history does each listener skip most often?
-- column: listener_id string The listener.
-- column: track_name string Title.
-- column: artist_name string First artist.
-- column: plays bigint Plays of which Spotify says whether they were skipped.
-- column: skips bigint Those that were.
-- column: skipped_share double Skips by plays.
-- column: last_played_at timestamp The last of these plays, in the time zone asked for.
-- parameter: at_least int 5 Tracks with fewer plays are left out.
with counted as (
  select
    listener_id,
    item_key,
    max_by(item_name, played_at) filter (where item_name is not null) as track_name,
    max_by(artist_name, played_at) filter (where artist_name is not null) as artist_name,
    count(*) as plays,
    count(*) filter (where skipped) as skips,
    max(played_at) as last_played_at
  from streaming_history
  where item_type = 'track' and skipped is not null
  group by listener_id, item_key
)
select
  listener_id,
  track_name,
  artist_name,
  plays,
  skips,
  round(cast(skips as double) / plays, 3) as skipped_share,
  cast(cast(last_played_at as timestamp with time zone) at time zone :timezone as timestamp) as last_played_at
from counted
where plays >= :at_least and skips > 0
order by skipped_share desc, plays desc, listener_id, item_key
limit 50
