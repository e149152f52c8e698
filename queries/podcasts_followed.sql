-- title: Podcasts, and how far they are heard
-- question: How much of each podcast's saved episodes has each listener heard, and how many episodes wait?
-- subject: podcasts
-- column: listener_id string The listener.
-- column: show_id string The podcast.
-- column: show_name string Its name.
-- column: is_saved boolean Is among the saved podcasts; else only episodes of it are saved.
-- column: total_episodes int Episodes that it has; NULL if it is not saved.
-- column: saved_episodes bigint Episodes of it that are saved.
-- column: finished bigint Those of them that were heard to the end.
-- column: begun bigint Those that were begun and not finished.
-- column: hours_saved double Length of the saved episodes, in hours.
-- column: hours_heard double How much of that was heard.
-- parameter: listener string * The listener; * stands for all.
-- key: listener_id, show_id
with heard as (
  select
    listener_id,
    show_id,
    show_name,
    duration_ms,
    is_fully_played,
    resume_position_ms,
    case when is_fully_played then duration_ms else coalesce(resume_position_ms, 0) end as ms_heard
  from current_saved_episodes
  where show_id is not null
),
by_show as (
  select
    listener_id,
    show_id,
    max(show_name) as show_name,
    count(*) as saved_episodes,
    count(*) filter (where is_fully_played) as finished,
    count(*) filter (where not is_fully_played and resume_position_ms > 0) as begun,
    sum(duration_ms) as ms_saved,
    sum(ms_heard) as ms_heard
  from heard
  group by listener_id, show_id
),
shows as (
  select listener_id, show_id, max(show_name) as show_name, max(total_episodes) as total_episodes
  from current_saved_shows
  group by listener_id, show_id
),
joined as (
  select
    coalesce(shows.listener_id, by_show.listener_id) as listener_id,
    coalesce(shows.show_id, by_show.show_id) as show_id,
    coalesce(shows.show_name, by_show.show_name) as show_name,
    shows.show_id is not null as is_saved,
    shows.total_episodes,
    coalesce(by_show.saved_episodes, 0) as saved_episodes,
    coalesce(by_show.finished, 0) as finished,
    coalesce(by_show.begun, 0) as begun,
    round(cast(coalesce(by_show.ms_saved, 0) as double) / 3600000, 1) as hours_saved,
    round(cast(coalesce(by_show.ms_heard, 0) as double) / 3600000, 1) as hours_heard
  from shows
  full join by_show on by_show.listener_id = shows.listener_id and by_show.show_id = shows.show_id
)
select
  listener_id,
  show_id,
  show_name,
  is_saved,
  total_episodes,
  saved_episodes,
  finished,
  begun,
  hours_saved,
  hours_heard
from joined
where :listener = '*' or listener_id = :listener
order by listener_id, hours_heard desc, show_name, show_id
