-- title: Forgotten favourites
-- question: Which saved tracks has a listener not heard for half a year?
-- subject: library
-- column: listener_id string The listener.
-- column: track_name string Title.
-- column: artist_name string First artist.
-- column: saved_on date Day on which it was saved, in the time zone asked for.
-- column: last_played_on date Day of the last play of this title by this artist; NULL if none is known.
-- column: plays bigint Plays that are known.
-- parameter: days int(1..36500) 180 Saved so many days before as_of at least, and not played for so many.
-- parameter: as_of date current_date The day that counts as today.
-- parameter: limit int(1..10000) 10000 How many of each listener, at most.
-- key: listener_id, item_uri, added_at
-- empty: No saved track has gone unheard for so long; try a smaller days.
with favourites as (
  select
    listener_id,
    item_uri,
    track_id,
    item_name,
    artist_name,
    added_at,
    cast(cast(added_at as timestamp with time zone) at time zone :timezone as date) as saved_on
  from current_saved_tracks
  where added_at is not null
),
-- Relinked tracks have other ids, and account data has none: a play of the same title and artist counts too.
heard as (
  select listener_id, 'id ' || track_id as key, played_at, played_on
  from all_plays
  where is_counted and played_on <= :as_of
  union all
  select listener_id, 'title ' || artist_name || ' - ' || track_name as key, played_at, played_on
  from all_plays
  where is_counted and played_on <= :as_of
),
keys as (
  select listener_id, item_uri, 'id ' || track_id as key
  from favourites
  union all
  select listener_id, item_uri, 'title ' || artist_name || ' - ' || item_name as key
  from favourites
),
last_heard as (
  select
    keys.listener_id,
    keys.item_uri,
    max(heard.played_on) as last_played_on,
    count(distinct heard.played_at) as plays
  from keys
  join heard on heard.listener_id = keys.listener_id and heard.key = keys.key
  group by keys.listener_id, keys.item_uri
),
placed as (
  select
    favourites.listener_id,
    favourites.item_uri,
    favourites.added_at,
    favourites.item_name as track_name,
    favourites.artist_name,
    favourites.saved_on,
    last_heard.last_played_on,
    coalesce(last_heard.plays, 0) as plays,
    row_number() over (
      partition by favourites.listener_id
      order by
        last_heard.last_played_on,
        favourites.saved_on,
        favourites.item_name,
        favourites.item_uri,
        favourites.added_at
    ) as place
  from favourites
  left join last_heard
    on last_heard.listener_id = favourites.listener_id and last_heard.item_uri = favourites.item_uri
  where
    date_diff('day', favourites.saved_on, :as_of) >= :days
    and (
      last_heard.last_played_on is null
      or date_diff('day', last_heard.last_played_on, :as_of) >= :days
    )
)
select listener_id, track_name, artist_name, saved_on, last_played_on, plays
from placed
where place <= :limit
order by listener_id, last_played_on, saved_on, track_name, item_uri, added_at
