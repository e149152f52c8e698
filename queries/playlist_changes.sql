-- title: Changes of playlists
-- question: What came into which playlist in the last weeks, and what left it?
-- subject: playlists
-- column: listener_id string The listener.
-- column: noticed_at timestamp When the change was seen, in the time zone asked for.
-- column: changed_after timestamp When it was not yet so.
-- column: playlist_name string Title of the playlist.
-- column: change string added or removed.
-- column: item_name string Title.
-- column: artist_name string First artist.
-- column: added_at timestamp When it had been added.
-- column: playlist_id string The playlist; titles may be equal.
-- parameter: days int(1..36500) 28 How many days, up to as_of.
-- parameter: as_of date current_date The last day that counts.
-- key: playlist_changes.noticed_at, listener_id, playlist_id, change, item_position
-- window: playlist_changes.noticed_on
-- empty: Changes are known from the second read of a playlist on.
select
  listener_id,
  cast(cast(noticed_at as timestamp with time zone) at time zone :timezone as timestamp) as noticed_at,
  cast(cast(changed_after as timestamp with time zone) at time zone :timezone as timestamp) as changed_after,
  playlist_name,
  change,
  item_name,
  artist_name,
  cast(cast(added_at as timestamp with time zone) at time zone :timezone as timestamp) as added_at,
  playlist_id
from playlist_changes
where
  date_diff('day', cast(cast(noticed_at as timestamp with time zone) at time zone :timezone as date), :as_of)
  between 0 and :days - 1
  -- The same days and some hours more in UTC: engines apply this before they compare reads.
  and playlist_changes.noticed_at >= cast(:as_of - :days * interval '1' day as timestamp)
  and playlist_changes.noticed_at < cast(:as_of + interval '2' day as timestamp)
order by playlist_changes.noticed_at, listener_id, playlist_name, playlist_id, change, item_position
