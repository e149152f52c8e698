-- title: Listening sessions
-- question: When did each listener listen without half an hour between two plays, and for how long?
-- key: listener_id, session
with heard as (
  select
    listener_id,
    item_key,
    played_at,
    ms_heard,
    lag(played_at) over (partition by listener_id order by played_at, item_key, ms_heard) as played_before
  from all_plays
),
marked as (
  select
    listener_id,
    item_key,
    played_at,
    ms_heard,
    case when date_diff('millisecond', played_before, played_at) < 1800000 then 0 else 1 end as starts_session
  from heard
),
numbered as (
  select
    listener_id,
    item_key,
    played_at,
    ms_heard,
    cast(
      sum(starts_session) over (partition by listener_id order by played_at, item_key, ms_heard) as bigint
    ) as session
  from marked
)
select
  listener_id,
  session,
  min(played_at) as first_play_at,
  max(played_at) as last_play_at,
  count(*) as plays,
  cast(sum(ms_heard) as bigint) / 60000 as minutes
from numbered
group by listener_id, session
order by listener_id, session
