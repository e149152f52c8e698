-- title: Listening by day
-- question: How much did each listener hear on each day, and how much a day over the seven days up to it?
-- subject: listening
-- column: listener_id string The listener.
-- column: played_on date The day in the stack's time zone; days without a play have no row.
-- column: plays bigint Plays of half a minute and longer.
-- column: minutes bigint Whole minutes, by the tracks' length where it is not known how much was heard.
-- column: tracks bigint Different tracks.
-- column: new_tracks bigint Those of them that were heard for the first time.
-- column: plays_a_day double Mean of the seven days up to this one, those without plays included.
-- column: minutes_a_day double The same of the minutes.
-- parameter: days int(1..36500) 90 How many days, up to as_of.
-- parameter: as_of date current_date The last day that counts.
-- key: listener_id, played_on
-- window: daily_listening.played_on
select
  listener_id,
  played_on,
  plays,
  minutes,
  tracks,
  new_tracks,
  plays_a_day,
  minutes_a_day
from daily_listening
where date_diff('day', played_on, :as_of) between 0 and :days - 1
order by listener_id, played_on
