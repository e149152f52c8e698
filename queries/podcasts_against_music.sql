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
    ms_heard as podcast_ms,
    episode_id,
    is_finished,
    cast(0 as bigint) as music_ms
  from episode_listening
  union all
  select
    listener_id,
    cast(date_trunc('month', played_on) as date) as month,
    cast(0 as bigint) as podcast_ms,
    cast(null as varchar) as episode_id,
    false as is_finished,
    minutes * 60000 as music_ms
  from daily_listening
),
summed as (
  select
    listener_id,
    month,
    cast(sum(podcast_ms) as bigint) as podcast_ms,
    count(distinct episode_id) as episodes,
    count(*) filter (where is_finished) as finished,
    cast(sum(music_ms) as bigint) as music_ms
  from spent
  where :listener = '*' or listener_id = :listener
  group by listener_id, month
)
select
  listener_id,
  month,
  round(cast(podcast_ms as double) / 3600000, 1) as podcast_hours,
  episodes,
  finished,
  round(cast(music_ms as double) / 3600000, 1) as music_hours,
  round(cast(100 * podcast_ms as double) / nullif(podcast_ms + music_ms, 0), 1) as podcast_percent
from summed
order by listener_id, month
