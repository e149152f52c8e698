-- view: Every play once: those of the imported history up to its last one, then those that Spotify's API showed.
-- column: listener_id string The listener.
-- column: played_at timestamp When it was played: in the history the end, from the API the end or the start.
-- column: played_on date The day of that in the stack's time zone.
-- column: item_key string What was played: its Spotify URI, or artist and title in account data, which has no URIs.
-- column: item_type string track, local, episode or chapter (of an audiobook).
-- column: item_uri string Spotify URI of what was played; NULL in account data.
-- column: track_id string The track; NULL for a local file, an episode, and in account data.
-- column: track_name string Title as listed.
-- column: artist_name string First artist as listed; the show of an episode.
-- column: album_name string Album as listed.
-- column: duration_ms bigint Length of the track in milliseconds, however much of it was heard; NULL in the history.
-- column: context_type string What it was played from: playlist, album, artist …; NULL if unknown.
-- column: context_uri string Spotify URI of that playlist, album or artist.
-- column: fetched_at timestamp When Spotify first answered with it; NULL in the history.
-- column: ms_played bigint Milliseconds that were heard; NULL from the API, whose plays last half a minute at least.
-- column: ms_heard bigint ms_played, or the track's length where it is not known how much was heard.
-- column: is_counted boolean Heard for half a minute or longer, which is what Spotify counts as a play.
-- column: origin string import (the history) or api.
-- column: snapshot_month string UTC month (yyyy-MM) of the read, or of an imported play; never before that of played_on less two days.
-- A condition on snapshot_month leaves out the other months, but not of the columns that decide which plays count: when
-- the history ends, and which read of a play was the first.
with extended as (
  select
    listener_id,
    date_trunc('month', played_at) as month,
    min(played_at) as first_at,
    max(played_at) as last_at
  from streaming_history
  where export_format = 'extended'
  group by 1, 2
),
-- Account data shows the plays of the extended history, to the minute: it counts where the other has nothing.
imported as (
  select
    history.listener_id,
    history.played_at,
    history.item_key,
    history.item_type,
    history.track_id,
    history.item_name,
    history.artist_name,
    history.album_name,
    history.ms_played,
    history.export_format,
    history.snapshot_month
  from streaming_history as history
  left join extended
    on extended.listener_id = history.listener_id
    and extended.month = date_trunc('month', history.played_at)
  where
    history.export_format = 'extended'
    or extended.month is null
    or history.played_at < date_trunc('minute', extended.first_at)
    or history.played_at > extended.last_at
),
-- Of all rows, not of imported: one that does not count is never after the last of the extended history.
cut as (
  select listener_id, max(played_at) as played_at
  from streaming_history
  group by listener_id
),
last_imported as (
  select history.listener_id, history.played_at, history.item_key, history.item_name, history.artist_name
  from streaming_history as history
  join cut on cut.listener_id = history.listener_id and cut.played_at = history.played_at
  left join extended on extended.listener_id = cut.listener_id and extended.last_at = cut.played_at
  where history.export_format = 'extended' or extended.last_at is null
),
-- The API may give the last play of the history once more, at a time that is later by up to its length.
reported_twice as (
  select distinct plays.listener_id, plays.played_at, plays.item_uri
  from plays
  join last_imported as imported on imported.listener_id = plays.listener_id
  where
    (
      plays.item_uri = imported.item_key
      or (plays.track_name = imported.item_name and plays.artist_name = imported.artist_name)
    )
    and plays.played_at > imported.played_at
    and date_diff('millisecond', imported.played_at, plays.played_at) <= plays.duration_ms
),
oldest as (
  select listener_id, played_at, item_uri, min(read_seq) as read_seq
  from plays
  group by listener_id, played_at, item_uri
),
united as (
  select
    listener_id,
    played_at,
    item_key,
    item_type,
    case when export_format = 'extended' then item_key end as item_uri,
    track_id,
    item_name as track_name,
    artist_name,
    album_name,
    cast(null as bigint) as duration_ms,
    cast(null as varchar) as context_type,
    cast(null as varchar) as context_uri,
    cast(null as timestamp) as fetched_at,
    ms_played,
    cast('import' as varchar) as origin,
    snapshot_month
  from imported
  union all
  select
    plays.listener_id,
    plays.played_at,
    plays.item_uri as item_key,
    case
      when plays.item_uri like 'spotify:local:%' then 'local'
      when plays.item_uri like 'spotify:episode:%' then 'episode'
      else 'track'
    end as item_type,
    plays.item_uri,
    plays.track_id,
    plays.track_name,
    plays.artist_name,
    plays.album_name,
    plays.duration_ms,
    plays.context_type,
    plays.context_uri,
    plays.fetched_at,
    cast(null as bigint) as ms_played,
    cast('api' as varchar) as origin,
    plays.snapshot_month
  from plays
  join oldest
    on oldest.listener_id = plays.listener_id
    and oldest.played_at = plays.played_at
    and oldest.item_uri = plays.item_uri
    and oldest.read_seq = plays.read_seq
  left join cut on cut.listener_id = plays.listener_id
  left join reported_twice
    on reported_twice.listener_id = plays.listener_id
    and reported_twice.played_at = plays.played_at
    and reported_twice.item_uri = plays.item_uri
  where (cut.played_at is null or plays.played_at > cut.played_at) and reported_twice.played_at is null
)
select
  listener_id,
  played_at,
  cast(cast(played_at as timestamp with time zone) at time zone :timezone as date) as played_on,
  item_key,
  item_type,
  item_uri,
  track_id,
  track_name,
  artist_name,
  album_name,
  duration_ms,
  context_type,
  context_uri,
  fetched_at,
  ms_played,
  coalesce(ms_played, duration_ms, 0) as ms_heard,
  ms_played is null or ms_played >= 30000 as is_counted,
  origin,
  snapshot_month
from united
