-- title: Completeness of the playlists
-- question: Of the playlists in each listener's list, how many are held as they are now, and how many are not?
-- subject: operation
-- column: listener_id string The listener.
-- column: playlists bigint Playlists of the newest list.
-- column: up_to_date bigint Held in the version that the list names.
-- column: outdated bigint Held in an older version: the next run goes on.
-- column: skipped bigint Not held, for a reason that skips_by_reason shows, such as another owner.
-- column: not_yet_read bigint Not held, and never skipped.
-- column: items_listed bigint Items of all these playlists by Spotify's count.
-- column: items_held bigint Items in the lake.
-- key: lists.listener_id
with newest as (
  select
    listener_id,
    container_id as playlist_id,
    max_by(container_version, read_seq) filter (where container_version is not null) as version,
    max_by(row_count, read_seq) filter (where row_count is not null) as items
  from accepted_reads
  where stream = 'playlist_items' or stream like 'playlist:%'
  group by listener_id, container_id
),
skipped as (
  select distinct listener_id, container_id as playlist_id
  from skips
  where stream = 'playlist_items' and item_position = -1
)
select
  lists.listener_id,
  count(*) as playlists,
  count(*) filter (where newest.version = lists.snapshot_id) as up_to_date,
  count(*) filter (
    where newest.playlist_id is not null and coalesce(newest.version, '') <> coalesce(lists.snapshot_id, '')
  ) as outdated,
  count(*) filter (where newest.playlist_id is null and skipped.playlist_id is not null) as skipped,
  count(*) filter (where newest.playlist_id is null and skipped.playlist_id is null) as not_yet_read,
  cast(coalesce(sum(lists.item_count), 0) as bigint) as items_listed,
  cast(coalesce(sum(newest.items), 0) as bigint) as items_held
from current_playlists as lists
left join newest on newest.listener_id = lists.listener_id and newest.playlist_id = lists.playlist_id
left join skipped on skipped.listener_id = lists.listener_id and skipped.playlist_id = lists.playlist_id
group by lists.listener_id
order by lists.listener_id
