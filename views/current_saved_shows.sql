-- view: The podcasts each listener has saved, by the newest whole read.
-- column: listener_id string The listener.
-- column: list_position int Place in the list, from 0, newest first.
-- column: show_id string The podcast.
-- column: item_uri string Spotify URI.
-- column: show_name string Name as listed.
-- column: publisher string Publisher, where Spotify says.
-- column: media_type string What its episodes are: audio, video or mixed.
-- column: total_episodes int Episodes that it has.
-- column: is_explicit boolean Has explicit content.
-- column: added_at timestamp When it was saved.
-- column: fetched_at timestamp When Spotify answered.
with newest as (
  select listener_id, max(read_seq) as read_seq
  from accepted_reads
  where stream = 'saved_shows'
  group by listener_id
)
select
  shows.listener_id,
  shows.list_position,
  shows.show_id,
  shows.item_uri,
  shows.show_name,
  shows.publisher,
  shows.media_type,
  shows.total_episodes,
  shows.is_explicit,
  shows.added_at,
  shows.fetched_at
from saved_shows as shows
join newest on newest.listener_id = shows.listener_id and newest.read_seq = shows.read_seq
