-- title: Explicit lyrics
-- question: How much of the saved tracks, and of each playlist, has explicit lyrics?
-- subject: library
-- column: listener_id string The listener.
-- column: list_name string Title of the playlist, or Saved tracks.
-- column: tracks bigint Tracks whose explicit flag is known.
-- column: explicit_tracks bigint Those that have.
-- column: explicit_share double Of the tracks.
-- key: entries.listener_id, entries.playlist_id
with entries as (
  select listener_id, '' as playlist_id, 'Saved tracks' as list_name, track_id
  from current_saved_tracks
  union all
  select listener_id, playlist_id, playlist_name as list_name, track_id
  from current_playlist_items
)
select
  entries.listener_id,
  entries.list_name,
  count(*) as tracks,
  count(*) filter (where tracks.is_explicit) as explicit_tracks,
  round(cast(count(*) filter (where tracks.is_explicit) as double) / count(*), 3) as explicit_share
from entries
join current_tracks as tracks on tracks.track_id = entries.track_id
where tracks.is_explicit is not null
group by entries.listener_id, entries.playlist_id, entries.list_name
order by entries.listener_id, explicit_share desc, tracks desc, entries.list_name, entries.playlist_id
