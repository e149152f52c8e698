-- title: Saved, but never played
-- question: Which saved tracks has each listener never played, by id or by title and artist?
-- key: saved.listener_id, saved.item_uri, saved.added_at
with heard as (
  select listener_id, track_id as heard_key
  from all_plays
  where is_counted
  union
  select listener_id, artist_name || ' - ' || track_name as heard_key
  from all_plays
  where is_counted
)
select saved.listener_id, saved.item_name as track_name, saved.artist_name, saved.added_at
from current_saved_tracks as saved
left join heard as by_id on by_id.listener_id = saved.listener_id and by_id.heard_key = saved.track_id
left join heard as by_title
  on by_title.listener_id = saved.listener_id
  and by_title.heard_key = saved.artist_name || ' - ' || saved.item_name
where by_id.listener_id is null and by_title.listener_id is null
order by saved.listener_id, saved.added_at, saved.item_uri
