-- title: Where plays come from
-- question: From which playlists, albums and artists did each listener play most in the last weeks?
-- subject: listening
-- column: listener_id string The listener.
-- column: place bigint Place among the listener's sources, from 1.
-- column: context_type string playlist, album, artist, collection (the saved tracks) …, or unknown.
-- column: context_name string Its title or name, if the lake knows it.
-- column: plays bigint Plays that Spotify's API showed; the history does not say where it was played from.
-- column: minutes bigint Whole minutes, by the tracks' length.
-- column: tracks bigint Different tracks.
-- parameter: from date none The first day that counts; none for the last days.
-- parameter: to date current_date The last day that counts.
-- parameter: days int(1..36500) 28 How many days, the last one being to; not used if from is given.
-- parameter: limit int(1..10000) 50 How many of each listener, at most.
-- parameter: listener string * The listener; * stands for all.
-- key: listener_id, place
-- window: all_plays.played_on
-- all_months: playlists
-- empty: Imported plays do not say what they were played from; only plays read from the API do.
with names as (
  select
    'spotify:playlist:' || playlist_id as context_uri,
    max_by(name, read_seq) filter (where name is not null) as name
  from playlists
  group by playlist_id
  union all
  select 'spotify:album:' || album_id as context_uri, name
  from current_albums
  union all
  select 'spotify:artist:' || artist_id as context_uri, name
  from current_artists
),
counted as (
  select
    listener_id,
    coalesce(context_type, 'unknown') as context_type,
    context_uri,
    count(*) as plays,
    cast(sum(ms_heard) as bigint) / 60000 as minutes,
    count(distinct item_key) as tracks
  from all_plays
  where
    origin = 'api'
    and played_on between coalesce(:from, cast(:to - (:days - 1) * interval '1' day as date)) and :to
    and snapshot_month
    >= substr(cast(coalesce(:from - interval '2' day, :to - (:days + 1) * interval '1' day) as varchar), 1, 7)
    and :listener in ('*', listener_id)
  group by 1, 2, 3
),
placed as (
  select
    counted.listener_id,
    row_number() over (
      partition by counted.listener_id
      order by counted.plays desc, counted.minutes desc, counted.context_type, counted.context_uri
    ) as place,
    counted.context_type,
    case when counted.context_type = 'collection' then 'Saved tracks' else names.name end as context_name,
    counted.plays,
    counted.minutes,
    counted.tracks
  from counted
  left join names on names.context_uri = counted.context_uri
)
select listener_id, place, context_type, context_name, plays, minutes, tracks
from placed
where place <= :limit
order by listener_id, place
