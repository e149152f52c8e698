-- view: Every track ever seen, once: for each column the newest value there is (not every answer carries them all).
-- column: track_id string Spotify's id.
-- column: name string Title; may be empty.
-- column: album_id string The album.
-- column: album_name string Title of the album.
-- column: primary_artist_id string The first artist.
-- column: primary_artist_name string Name of the first artist.
-- column: artist_count int How many artists are credited.
-- column: duration_ms bigint Length in milliseconds.
-- column: is_explicit boolean Has explicit lyrics.
-- column: disc_number int Disc, from 1.
-- column: track_number int Track on the disc, from 1.
-- column: isrc string International Standard Recording Code.
-- column: popularity int 0 to 100; absent in development mode.
-- column: is_playable boolean Playable in the market asked for, where Spotify says so.
-- column: linked_from_id string The id asked for, if Spotify answered with a relinked track.
-- column: uri string Spotify URI.
-- column: first_seen_at timestamp When Spotify first answered with it.
-- column: last_seen_at timestamp When Spotify last answered with it.
select
  track_id,
  max_by(name, read_seq) filter (where name is not null) as name,
  max_by(album_id, read_seq) filter (where album_id is not null) as album_id,
  max_by(album_name, read_seq) filter (where album_name is not null) as album_name,
  max_by(primary_artist_id, read_seq) filter (where primary_artist_id is not null) as primary_artist_id,
  max_by(primary_artist_name, read_seq) filter (where primary_artist_name is not null) as primary_artist_name,
  max_by(artist_count, read_seq) filter (where artist_count is not null) as artist_count,
  max_by(duration_ms, read_seq) filter (where duration_ms is not null) as duration_ms,
  max_by(is_explicit, read_seq) filter (where is_explicit is not null) as is_explicit,
  max_by(disc_number, read_seq) filter (where disc_number is not null) as disc_number,
  max_by(track_number, read_seq) filter (where track_number is not null) as track_number,
  max_by(isrc, read_seq) filter (where isrc is not null) as isrc,
  max_by(popularity, read_seq) filter (where popularity is not null) as popularity,
  max_by(is_playable, read_seq) filter (where is_playable is not null) as is_playable,
  max_by(linked_from_id, read_seq) filter (where linked_from_id is not null) as linked_from_id,
  max_by(uri, read_seq) filter (where uri is not null) as uri,
  min(fetched_at) as first_seen_at,
  max(fetched_at) as last_seen_at
from tracks
group by track_id
