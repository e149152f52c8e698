-- title: Loyal artists
-- question: Which artists did each listener hear in most months?
-- key: listener_id, artist
with months as (
  select
    listener_id,
    coalesce(artist_id, artist_name) as artist,
    max(artist_name) as artist_name,
    cast(date_trunc('month', played_on) as date) as month,
    count(*) as plays
  from artist_plays
  where is_counted
  group by 1, 2, 4
)
select
  listener_id,
  max(artist_name) as artist_name,
  count(*) as months,
  min(month) as first_month,
  max(month) as last_month,
  cast(sum(plays) as bigint) as plays
from months
group by listener_id, artist
order by listener_id, months desc, plays desc, artist_name, artist
