-- title: Skipped tracks
-- question: Which tracks of the imported history does each listener skip most often?
-- subject: listening
-- column: listener_id string The listener.
-- column: place bigint Place among the listener's tracks, from 1.
-- column: track_name string Title.
-- column: artist_name string First artist.
-- column: plays bigint Plays whose skipped flag is known.
-- column: skips bigint Those that were.
-- column: skipped_share double Skips by plays.
-- column: last_played_at timestamp The last of these plays, in the time zone asked for.
-- parameter: at_least int(1..10000) 5 Tracks with fewer plays are left out.
-- parameter: from date none The first day that counts; none for the whole history.
-- parameter: to date current_date The last day that counts.
-- parameter: limit int(1..10000) 50 How many of each listener, at most.
-- parameter: listener string * The listener; * stands for all.
-- key: listener_id, place
-- window: streaming_history.played_at
-- empty: Only an imported extended history says what was skipped; at_least=1 takes in tracks that were heard once.
with heard as (
  select
    listener_id,
    item_key,
    item_name,
    artist_name,
    skipped,
    played_at,
    row_number() over (partition by listener_id, item_key order by played_at, ms_played) as recency
  from streaming_history
  where
    item_type = 'track'
    and skipped is not null
    and cast(cast(played_at as timestamp with time zone) at time zone :timezone as date)
    between coalesce(:from, date '1970-01-01') and :to
    and snapshot_month >= substr(cast(coalesce(:from, date '1970-01-03') - interval '2' day as varchar), 1, 7)
    and :listener in ('*', listener_id)
),
counted as (
  select
    listener_id,
    item_key,
    max_by(item_name, recency) filter (where item_name is not null) as track_name,
    max_by(artist_name, recency) filter (where artist_name is not null) as artist_name,
    count(*) as plays,
    count(*) filter (where skipped) as skips,
    max(played_at) as last_played_at
  from heard
  group by listener_id, item_key
),
shared as (
  select
    listener_id,
    item_key,
    track_name,
    artist_name,
    plays,
    skips,
    round(cast(skips as double) / plays, 3) as skipped_share,
    last_played_at
  from counted
  where plays >= :at_least and skips > 0
),
placed as (
  select
    listener_id,
    row_number() over (
      partition by listener_id
      order by skipped_share desc, plays desc, item_key
    ) as place,
    track_name,
    artist_name,
    plays,
    skips,
    skipped_share,
    last_played_at
  from shared
)
select
  listener_id,
  place,
  track_name,
  artist_name,
  plays,
  skips,
  skipped_share,
  cast(cast(last_played_at as timestamp with time zone) at time zone :timezone as timestamp) as last_played_at
from placed
where place <= :limit
order by listener_id, place
