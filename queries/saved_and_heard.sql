-- title: Saved, and heard or not
-- question: How many of the tracks that each listener saved in a year were heard lately, long ago, or never?
-- subject: library
-- column: listener_id string The listener.
-- column: saved_in bigint Year of the saving, in the time zone asked for.
-- column: tracks bigint Tracks saved in it, and saved still.
-- column: heard_lately bigint Those played in the last days.
-- column: heard_before bigint Those played, but not in the last days.
-- column: never_heard bigint Those of which no play is known.
-- parameter: days int(1..36500) 180 How many days count as lately, up to as_of.
-- parameter: as_of date current_date The day that counts as today.
-- key: listener_id, saved_in
with favourites as (
  select
    listener_id,
    item_uri,
    added_at,
    track_id,
    item_name,
    artist_name,
    cast(
      year(cast(cast(added_at as timestamp with time zone) at time zone :timezone as date)) as bigint
    ) as saved_in
  from current_saved_tracks
  where added_at is not null
),
-- Relinked tracks have other ids, and account data has none: a play of the same title and artist counts too.
heard as (
  select listener_id, 'id ' || track_id as key, max(played_on) as last_played_on
  from all_plays
  where is_counted and played_on <= :as_of
  group by 1, 2
  union all
  select listener_id, 'title ' || artist_name || ' - ' || track_name as key, max(played_on) as last_played_on
  from all_plays
  where is_counted and played_on <= :as_of
  group by 1, 2
),
keys as (
  select listener_id, item_uri, added_at, saved_in, 'id ' || track_id as key
  from favourites
  union all
  select listener_id, item_uri, added_at, saved_in, 'title ' || artist_name || ' - ' || item_name as key
  from favourites
),
last_heard as (
  select
    keys.listener_id,
    keys.item_uri,
    keys.added_at,
    keys.saved_in,
    max(heard.last_played_on) as last_played_on
  from keys
  left join heard on heard.listener_id = keys.listener_id and heard.key = keys.key
  group by 1, 2, 3, 4
)
select
  listener_id,
  saved_in,
  count(*) as tracks,
  count(*) filter (where date_diff('day', last_played_on, :as_of) < :days) as heard_lately,
  count(*) filter (where date_diff('day', last_played_on, :as_of) >= :days) as heard_before,
  count(*) filter (where last_played_on is null) as never_heard
from last_heard
group by listener_id, saved_in
order by listener_id, saved_in
