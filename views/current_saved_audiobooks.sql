-- view: The audiobooks each listener has saved, by the newest whole read.
-- column: listener_id string The listener.
-- column: list_position int Place in the list, from 0.
-- column: audiobook_id string The audiobook.
-- column: item_uri string Spotify URI.
-- column: audiobook_name string Title as listed.
-- column: author_names string Its authors.
-- column: narrator_names string Who reads it.
-- column: publisher string Publisher, where Spotify says.
-- column: edition string Edition, such as Unabridged.
-- column: total_chapters int Chapters that it has.
-- column: is_explicit boolean Has explicit content.
-- column: fetched_at timestamp When Spotify answered.
with newest as (
  select listener_id, max(read_seq) as read_seq
  from accepted_reads
  where stream = 'saved_audiobooks'
  group by listener_id
)
select
  books.listener_id,
  books.list_position,
  books.audiobook_id,
  books.item_uri,
  books.audiobook_name,
  books.author_names,
  books.narrator_names,
  books.publisher,
  books.edition,
  books.total_chapters,
  books.is_explicit,
  books.fetched_at
from saved_audiobooks as books
join newest on newest.listener_id = books.listener_id and newest.read_seq = books.read_seq
