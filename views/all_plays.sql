-- view: Every play once: those of the imported history up to its last one, then those that Spotify's API showed.
-- column: listener_id string The listener.
-- column: played_at timestamp When it was played: in the history the end of the play, from the API sometimes the start.
-- column: item_uri string Spotify URI of what was played; NULL in account data, which has no URIs.
-- column: track_id string The track; NULL for a local file, an episode, and in account data.
-- column: track_name string Title as listed.
-- column: artist_name string First artist as listed; the show of an episode.
-- column: album_name string Album as listed.
-- column: duration_ms bigint Length of the track in milliseconds, however much of it was heard; NULL in the history.
-- column: context_type string What it was played from: playlist, album, artist …; NULL if unknown.
-- column: context_uri string Spotify URI of that playlist, album or artist.
-- column: fetched_at timestamp When Spotify first answered with it; NULL in the history.
-- column: ms_played bigint Milliseconds that were heard; NULL from the API, which shows plays of half a minute and more.
-- column: origin string import (the history) or api.
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
-- Account data shows the same plays as the extended history, to the minute: it counts where the other has nothing.
imported as (
  select
    history.listener_id,
    history.played_at,
    history.item_key,
    history.track_id,
    history.item_name,
    history.artist_name,
    history.album_name,
    history.ms_played,
    history.export_format
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
last_imported as (
  select
    listener_id,
    max(played_at) as played_at,
    max_by(item_key, played_at) filter (where item_key is not null) as item_key,
    max_by(item_name, played_at) filter (where item_name is not null) as item_name,
    max_by(artist_name, played_at) filter (where artist_name is not null) as artist_name
  from imported
  group by listener_id
),
oldest as (
  select listener_id, played_at, item_uri, min(read_seq) as read_seq
  from plays
  group by listener_id, played_at, item_uri
)
select
  listener_id,
  played_at,
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
  cast('import' as varchar) as origin
from imported
union all
select
  plays.listener_id,
  plays.played_at,
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
  cast('api' as varchar) as origin
from plays
join oldest
  on oldest.listener_id = plays.listener_id
  and oldest.played_at = plays.played_at
  and oldest.item_uri = plays.item_uri
  and oldest.read_seq = plays.read_seq
left join last_imported on last_imported.listener_id = plays.listener_id
where
  last_imported.played_at is null
  or (
    plays.played_at > last_imported.played_at
    -- The API may give the same play a time that is later by up to its length.
    and not coalesce(
      (
        plays.item_uri = last_imported.item_key
        or (
          plays.track_name = last_imported.item_name and plays.artist_name = last_imported.artist_name
        )
      )
      and date_diff('millisecond', last_imported.played_at, plays.played_at) <= plays.duration_ms,
      false
    )
  )
