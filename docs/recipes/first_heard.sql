-- title: The first time an artist was heard
-- question: When did each listener hear each artist for the first time, and with which track?
-- key: listener_id, artist
with numbered as (
  select
    listener_id,
    coalesce(artist_id, artist_name) as artist,
    artist_name,
    track_name,
    played_on,
    row_number() over (
      partition by listener_id, coalesce(artist_id, artist_name)
      order by played_at, item_key, artist_position, ms_heard, track_name, artist_name
    ) as number_of_play,
    count(*) over (partition by listener_id, coalesce(artist_id, artist_name)) as plays
  from artist_plays
  where is_counted
)
select listener_id, artist_name, played_on as first_heard_on, track_name, plays
from numbered
where number_of_play = 1
order by listener_id, first_heard_on desc, artist_name, artist
