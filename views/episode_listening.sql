-- view: How much of each saved episode was heard from one day's read to the next; Spotify tells of no single plays of podcasts.
-- column: listener_id string The listener.
-- column: heard_on date The day (UTC) of the later read; what was heard after it counts for the next one.
-- column: episode_id string The episode.
-- column: episode_name string Title as listed.
-- column: show_id string Its podcast.
-- column: show_name string Name of the podcast as listed.
-- column: ms_heard bigint Milliseconds by which the listener came further; going back counts nothing.
-- column: is_finished boolean Was heard to the end by that read, and not by the one before.
-- What was heard before the first read of an episode is not counted: nobody knows when.
with progress as (
  select
    episodes.listener_id,
    episodes.episode_id,
    episodes.read_seq,
    max(episodes.episode_name) as episode_name,
    max(episodes.show_id) as show_id,
    max(episodes.show_name) as show_name,
    max(cast(episodes.snapshot_date as date)) as heard_on,
    bool_or(coalesce(episodes.is_fully_played, false)) as is_fully_played,
    max(
      case when episodes.is_fully_played then episodes.duration_ms else episodes.resume_position_ms end
    ) as ms_reached
  from saved_episodes as episodes
  join accepted_reads as reads
    on reads.listener_id = episodes.listener_id
    and reads.read_seq = episodes.read_seq
    and reads.stream = 'saved_episodes'
  where episodes.resume_position_ms is not null
  group by episodes.listener_id, episodes.episode_id, episodes.read_seq
),
compared as (
  select
    listener_id,
    heard_on,
    episode_id,
    episode_name,
    show_id,
    show_name,
    is_fully_played,
    ms_reached,
    lag(ms_reached) over (partition by listener_id, episode_id order by read_seq) as ms_before,
    lag(is_fully_played) over (partition by listener_id, episode_id order by read_seq) as was_fully_played
  from progress
)
select
  listener_id,
  heard_on,
  episode_id,
  episode_name,
  show_id,
  show_name,
  ms_reached - ms_before as ms_heard,
  is_fully_played and not was_fully_played as is_finished
from compared
where ms_reached > ms_before
