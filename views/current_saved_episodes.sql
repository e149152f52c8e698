-- view: The podcast episodes each listener has saved, with how far they were heard, by the newest whole read.
-- column: listener_id string The listener.
-- column: list_position int Place in the list, from 0, newest first.
-- column: episode_id string The episode.
-- column: item_uri string Spotify URI.
-- column: episode_name string Title as listed.
-- column: show_id string Its podcast.
-- column: show_name string Name of the podcast as listed.
-- column: duration_ms bigint Length in milliseconds.
-- column: release_date string Release date as Spotify writes it.
-- column: is_explicit boolean Has explicit content.
-- column: is_fully_played boolean Was heard to the end; NULL where Spotify does not say.
-- column: resume_position_ms bigint How far the listener has come, in milliseconds; 0 if it was fully played.
-- column: added_at timestamp When it was saved.
-- column: fetched_at timestamp When Spotify answered.
with newest as (
  select listener_id, max(read_seq) as read_seq
  from accepted_reads
  where stream = 'saved_episodes'
  group by listener_id
)
select
  episodes.listener_id,
  episodes.list_position,
  episodes.episode_id,
  episodes.item_uri,
  episodes.episode_name,
  episodes.show_id,
  episodes.show_name,
  episodes.duration_ms,
  episodes.release_date,
  episodes.is_explicit,
  episodes.is_fully_played,
  episodes.resume_position_ms,
  episodes.added_at,
  episodes.fetched_at
from saved_episodes as episodes
join newest on newest.listener_id = episodes.listener_id and newest.read_seq = episodes.read_seq
