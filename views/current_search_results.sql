-- view: What each search found, by its newest read.
-- column: listener_id string The listener.
-- column: query string What was searched for.
-- column: item_type string track, album or artist.
-- column: item_rank int Place among the results of its type, from 1.
-- column: item_id string The track, album or artist.
-- column: item_name string Title or name as listed.
-- column: artist_name string First artist as listed; NULL for artists.
-- column: fetched_at timestamp When Spotify answered.
with newest as (
  select listener_id, query, max(read_seq) as read_seq
  from search_results
  group by listener_id, query
)
select
  results.listener_id,
  results.query,
  results.item_type,
  results.item_rank,
  results.item_id,
  results.item_name,
  results.artist_name,
  results.fetched_at
from search_results as results
join newest on newest.listener_id = results.listener_id and newest.read_seq = results.read_seq
