-- view: Every album ever seen, once: for each column the newest value there is (not every answer carries them all).
-- column: album_id string Spotify's id.
-- column: name string Title; empty after a takedown.
-- column: album_type string album, single or compilation.
-- column: primary_artist_id string The first artist.
-- column: primary_artist_name string Name of the first artist.
-- column: release_date string As Spotify gives it: 1971, 1981-12 or 1981-12-15; sometimes 0000.
-- column: release_date_precision string year, month or day.
-- column: release_year int Year of release, if it is a real one.
-- column: release_day date First day that release_date can mean.
-- column: total_tracks int Tracks on the album.
-- column: label string Label; absent in development mode.
-- column: upc string Universal Product Code.
-- column: popularity int 0 to 100; absent in development mode.
-- column: image_url string The first cover image.
-- column: uri string Spotify URI.
-- column: first_seen_at timestamp When Spotify first answered with it.
-- column: last_seen_at timestamp When Spotify last answered with it.
select
  album_id,
  max_by(name, read_seq) filter (where name is not null) as name,
  max_by(album_type, read_seq) filter (where album_type is not null) as album_type,
  max_by(primary_artist_id, read_seq) filter (where primary_artist_id is not null) as primary_artist_id,
  max_by(primary_artist_name, read_seq) filter (where primary_artist_name is not null) as primary_artist_name,
  max_by(release_date, read_seq) filter (where release_date is not null) as release_date,
  max_by(release_date_precision, read_seq) filter (
    where release_date_precision is not null
  ) as release_date_precision,
  max_by(release_year, read_seq) filter (where release_year is not null) as release_year,
  max_by(release_day, read_seq) filter (where release_day is not null) as release_day,
  max_by(total_tracks, read_seq) filter (where total_tracks is not null) as total_tracks,
  max_by(label, read_seq) filter (where label is not null) as label,
  max_by(upc, read_seq) filter (where upc is not null) as upc,
  max_by(popularity, read_seq) filter (where popularity is not null) as popularity,
  max_by(image_url, read_seq) filter (where image_url is not null) as image_url,
  max_by(uri, read_seq) filter (where uri is not null) as uri,
  min(fetched_at) as first_seen_at,
  max(fetched_at) as last_seen_at
from albums
group by album_id
