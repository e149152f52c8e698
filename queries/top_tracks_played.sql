-- title: Top tracks
-- question: Which tracks did each listener hear most in the last weeks, by plays or by minutes?
-- column: listener_id string The listener.
-- column: place bigint Place among the listener's tracks, from 1.
-- column: track_name string Title.
-- column: artist_name string First artist.
-- column: plays bigint Plays of half a minute and longer.
-- column: minutes bigint Whole minutes, by the track's length where it is not known how much was heard.
-- column: first_played_on date Day of the first play in that time.
-- column: last_played_on date Day of the last one.
-- parameter: days int 28 How many days, up to as_of.
-- parameter: as_of date current_date The last day that counts.
-- parameter: by string plays What the places go by: plays or minutes.
with counted as (
  select
    listener_id,
    item_key,
    max_by(track_name, played_at) filter (where track_name is not null) as track_name,
    max_by(artist_name, played_at) filter (where artist_name is not null) as artist_name,
    count(*) as plays,
    cast(sum(ms_heard) as bigint) / 60000 as minutes,
    min(played_on) as first_played_on,
    max(played_on) as last_played_on
  from all_plays
  where
    is_counted
    and item_type in ('track', 'local')
    and date_diff('day', played_on, :as_of) between 0 and :days - 1
  group by listener_id, item_key
),
placed as (
  select
    listener_id,
    row_number() over (
      partition by listener_id
      order by case when :by = 'minutes' then minutes else plays end desc, plays desc, minutes desc, item_key
    ) as place,
    track_name,
    artist_name,
    plays,
    minutes,
    first_played_on,
    last_played_on
  from counted
)
select listener_id, place, track_name, artist_name, plays, minutes, first_played_on, last_played_on
from placed
where place <= 50
order by listener_id, place
