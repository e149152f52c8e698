-- view: A row for each play and each artist who is credited with the track; episodes and audiobooks have none.
-- column: listener_id string The listener.
-- column: played_at timestamp When it was played.
-- column: played_on date The day of that in the stack's time zone.
-- column: artist_id string The artist; NULL if Spotify showed none of that name, or several.
-- column: artist_name string The artist's name today, or as it stands in the play.
-- column: artist_position int Place in the credits, from 0; of tracks that are only in the history the first is known.
-- column: item_key string What was played: its Spotify URI, or artist and title in account data.
-- column: track_id string The track; NULL for a local file and in account data.
-- column: track_name string Title as listed.
-- column: ms_heard bigint Milliseconds that were heard, or the track's length where that is not known.
-- column: is_counted boolean Heard for half a minute or longer, which is what Spotify counts as a play.
-- column: origin string import (the history) or api.
-- column: snapshot_month string UTC month (yyyy-MM) of the play, as all_plays has it.
-- A condition on snapshot_month leaves out what it leaves out of all_plays; tracks and artists are read of all months.
with one_of_a_name as (
  select name, min(artist_id) as artist_id
  from current_artists
  where name <> ''
  group by name
  having count(*) = 1
),
credited as (
  select distinct track_id
  from current_track_artists
)
select
  plays.listener_id,
  plays.played_at,
  plays.played_on,
  credits.artist_id,
  coalesce(nullif(artists.name, ''), credits.artist_name) as artist_name,
  credits.artist_position,
  plays.item_key,
  plays.track_id,
  plays.track_name,
  plays.ms_heard,
  plays.is_counted,
  plays.origin,
  plays.snapshot_month
from all_plays as plays
join current_track_artists as credits on credits.track_id = plays.track_id
left join current_artists as artists on artists.artist_id = credits.artist_id
union all
select
  plays.listener_id,
  plays.played_at,
  plays.played_on,
  one_of_a_name.artist_id,
  plays.artist_name,
  cast(0 as integer) as artist_position,
  plays.item_key,
  plays.track_id,
  plays.track_name,
  plays.ms_heard,
  plays.is_counted,
  plays.origin,
  plays.snapshot_month
from all_plays as plays
left join credited on credited.track_id = plays.track_id
left join one_of_a_name on one_of_a_name.name = plays.artist_name
where plays.item_type in ('track', 'local') and plays.artist_name <> '' and credited.track_id is null
