-- title: History of tracks
-- question: What did Spotify call each track, its artist and its album, and from when to when?
-- subject: catalog
-- column: track_id string Spotify's id.
-- column: version bigint Number of the version, from 1.
-- column: track_name string Title in this version.
-- column: artist_name string First artist in it.
-- column: album_name string Album in it.
-- column: is_explicit boolean Had explicit lyrics in it.
-- column: is_playable boolean Could be played in it, if Spotify had said so by then.
-- column: valid_from timestamp When Spotify first answered so, in the time zone asked for.
-- column: valid_to timestamp When it first answered otherwise; NULL if this is how it is.
-- parameter: at_least int(1..10000) 2 Tracks with fewer versions are left out; 1 shows them all.
-- key: track_id, version
-- empty: No track has so many versions; at_least=1 shows all tracks.
with noted as (
  select
    track_id,
    read_seq,
    fetched_at,
    name,
    primary_artist_name,
    album_name,
    is_explicit,
    is_playable,
    lag(read_seq) over (partition by track_id order by read_seq) as seq_before,
    lag(name) over (partition by track_id order by read_seq) as name_before,
    lag(primary_artist_name) over (partition by track_id order by read_seq) as artist_before,
    lag(album_name) over (partition by track_id order by read_seq) as album_before,
    lag(is_explicit) over (partition by track_id order by read_seq) as explicit_before,
    lag(is_playable) over (partition by track_id order by read_seq) as playable_before
  from tracks
),
-- An answer that says what the one before said begins no version: most of them do, so they are left out first.
seen as (
  select
    track_id,
    read_seq,
    fetched_at,
    name,
    primary_artist_name,
    album_name,
    is_explicit,
    is_playable,
    count(name) over (partition by track_id order by read_seq) as name_number,
    count(primary_artist_name) over (partition by track_id order by read_seq) as artist_number,
    count(album_name) over (partition by track_id order by read_seq) as album_number,
    count(is_explicit) over (partition by track_id order by read_seq) as explicit_number,
    count(is_playable) over (partition by track_id order by read_seq) as playable_number
  from noted
  where
    seq_before is null
    or name is distinct from name_before
    or primary_artist_name is distinct from artist_before
    or album_name is distinct from album_before
    or is_explicit is distinct from explicit_before
    or is_playable is distinct from playable_before
),
-- Not every answer says everything: what one leaves out is as the last one had it.
filled as (
  select
    track_id,
    read_seq,
    fetched_at,
    first_value(name) over (partition by track_id, name_number order by read_seq) as name,
    first_value(primary_artist_name) over (
      partition by track_id, artist_number order by read_seq
    ) as artist_name,
    first_value(album_name) over (partition by track_id, album_number order by read_seq) as album_name,
    first_value(is_explicit) over (partition by track_id, explicit_number order by read_seq) as is_explicit,
    first_value(is_playable) over (partition by track_id, playable_number order by read_seq) as is_playable
  from seen
),
compared as (
  select
    track_id,
    read_seq,
    fetched_at,
    name,
    artist_name,
    album_name,
    is_explicit,
    is_playable,
    lag(read_seq) over (partition by track_id order by read_seq) as seq_before,
    lag(name) over (partition by track_id order by read_seq) as name_before,
    lag(artist_name) over (partition by track_id order by read_seq) as artist_before,
    lag(album_name) over (partition by track_id order by read_seq) as album_before,
    lag(is_explicit) over (partition by track_id order by read_seq) as explicit_before,
    lag(is_playable) over (partition by track_id order by read_seq) as playable_before
  from filled
),
-- What is said for the first time is no change.
versions as (
  select
    track_id,
    row_number() over (partition by track_id order by read_seq) as version,
    count(*) over (partition by track_id) as versions,
    name,
    artist_name,
    album_name,
    is_explicit,
    is_playable,
    fetched_at as valid_from,
    lead(fetched_at) over (partition by track_id order by read_seq) as valid_to
  from compared
  where
    seq_before is null
    or name <> name_before
    or artist_name <> artist_before
    or album_name <> album_before
    or is_explicit <> explicit_before
    or is_playable <> playable_before
)
select
  track_id,
  version,
  name as track_name,
  artist_name,
  album_name,
  is_explicit,
  is_playable,
  cast(cast(valid_from as timestamp with time zone) at time zone :timezone as timestamp) as valid_from,
  cast(cast(valid_to as timestamp with time zone) at time zone :timezone as timestamp) as valid_to
from versions
where versions >= :at_least
order by track_id, version
