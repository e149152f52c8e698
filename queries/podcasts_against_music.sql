-- title: Podcasts against music
-- question: How many hours of each month did each listener spend with saved podcast episodes, and how many with music?
-- subject: podcasts
-- column: listener_id string The listener.
-- column: month date First day of the month.
-- column: podcast_hours double Hours of saved episodes, as their progress from read to read shows.
-- column: episodes bigint Different episodes that were heard.
-- column: finished bigint Episodes that were heard to the end.
-- column: music_hours double Hours of all counted plays.
-- column: podcast_percent double Share of the podcasts in both.
-- parameter: listener string * The listener; * stands for all.
-- key: listener_id, month
with spent as (
  select
    listener_id,
    cast(date_trunc('month', heard_on) as date) as month,
    cast(ms_heard as double) / 3600000 as podcast_hours,
    episode_id,
    is_finished,
    cast(0 as double) as music_hours
  from episode_listening
  union all
  select
    listener_id,
    cast(date_trunc('month', played_on) as date) as month,
    cast(0 as double) as podcast_hours,
    cast(null as varchar) as episode_id,
    false as is_finished,
    cast(minutes as double) / 60 as music_hours
  from daily_listening
),
summed as (
  select
    listener_id,
    month,
    sum(podcast_hours) as podcast_hours,
    count(distinct episode_id) as episodes,
    count(*) filter (where is_finished) as finished,
    sum(music_hours) as music_hours
  from spent
  where :listener = '*' or listener_id = :listener
  group by listener_id, month
)
select
  listener_id,
  month,
  round(podcast_hours, 1) as podcast_hours,
  episodes,
  finished,
  round(music_hours, 1) as music_hours,
  round(100 * podcast_hours / nullif(podcast_hours + music_hours, 0), 1) as podcast_percent
from summed
order by listener_id, month
