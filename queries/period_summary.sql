-- title: Periods at a glance
-- question: How much did each listener hear in the last week, month, quarter, year and ever, and in the period before?
-- subject: listening
-- column: listener_id string The listener.
-- column: days bigint Length of the period, up to as_of: 7, 28, 90, 365, or 36500 for all there is.
-- column: plays bigint Plays of half a minute and longer.
-- column: minutes bigint Whole minutes, by the tracks' length where it is not known how much was heard.
-- column: tracks bigint Different tracks, episodes and chapters.
-- column: artists bigint Different first artists (and shows).
-- column: new_artists bigint Those of the artists that were heard for the first time.
-- column: days_heard bigint Days with a play.
-- column: plays_before bigint Plays of as many days before the period.
-- column: minutes_before bigint Whole minutes of these days.
-- column: tracks_before bigint Different tracks, episodes and chapters of these days.
-- column: artists_before bigint Different first artists of these days.
-- column: new_artists_before bigint Those of the artists that were heard for the first time in these days.
-- parameter: as_of date current_date The last day that counts.
-- key: listener_id, days
with heard as (
  select
    listener_id,
    item_key,
    artist_name,
    ms_heard,
    played_on,
    date_diff('day', played_on, :as_of) as days_ago,
    date_diff('day', min(played_on) over (partition by listener_id, artist_name), :as_of) as first_days_ago
  from all_plays
  where is_counted and played_on <= :as_of
),
periods as (
  select cast(7 as bigint) as days
  union all
  select 28
  union all
  select 90
  union all
  select 365
  union all
  select 36500
),
marked as (
  select
    heard.listener_id,
    periods.days,
    heard.days_ago < periods.days as is_now,
    case when heard.first_days_ago < periods.days then heard.artist_name end as new_artist,
    case
      when heard.first_days_ago >= periods.days and heard.first_days_ago < 2 * periods.days
        then heard.artist_name
    end as new_artist_before,
    heard.item_key,
    heard.artist_name,
    heard.ms_heard,
    heard.played_on
  from heard
  join periods on heard.days_ago < 2 * periods.days
)
select
  listener_id,
  days,
  count(*) filter (where is_now) as plays,
  cast(coalesce(sum(ms_heard) filter (where is_now), 0) as bigint) / 60000 as minutes,
  count(distinct case when is_now then item_key end) as tracks,
  count(distinct case when is_now then artist_name end) as artists,
  count(distinct new_artist) as new_artists,
  count(distinct case when is_now then played_on end) as days_heard,
  count(*) filter (where not is_now) as plays_before,
  cast(coalesce(sum(ms_heard) filter (where not is_now), 0) as bigint) / 60000 as minutes_before,
  count(distinct case when not is_now then item_key end) as tracks_before,
  count(distinct case when not is_now then artist_name end) as artists_before,
  count(distinct new_artist_before) as new_artists_before
from marked
group by listener_id, days
order by listener_id, days
