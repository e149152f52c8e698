-- title: Episodes not heard to the end
-- question: Which saved podcast episodes did each listener begin and not finish, and how much of them is left?
-- subject: podcasts
-- column: listener_id string The listener.
-- column: place bigint Place among the listener's episodes, from 1: least left first.
-- column: episode_name string Title.
-- column: show_name string Its podcast.
-- column: minutes_left double Minutes that are left.
-- column: percent_heard double How much of it was heard.
-- column: added_at timestamp When it was saved.
-- parameter: limit int(1..10000) 50 How many of each listener, at most.
-- parameter: listener string * The listener; * stands for all.
-- key: listener_id, place
with begun as (
  select
    listener_id,
    episode_name,
    show_name,
    added_at,
    round(cast(duration_ms - resume_position_ms as double) / 60000, 1) as minutes_left,
    round(cast(100 * resume_position_ms as double) / duration_ms, 1) as percent_heard,
    row_number() over (
      partition by listener_id
      order by duration_ms - resume_position_ms, episode_id, list_position
    ) as place
  from current_saved_episodes
  where resume_position_ms > 0
    and duration_ms > 0
    and not is_fully_played
    and (:listener = '*' or listener_id = :listener)
)
select listener_id, place, episode_name, show_name, minutes_left, percent_heard, added_at
from begun
where place <= :limit
order by listener_id, place
