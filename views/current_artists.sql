-- view: Every artist ever seen, once: for each column the newest value there is (not every answer carries them all).
-- column: artist_id string Spotify's id.
-- column: name string Name; may be empty.
-- column: popularity int 0 to 100; absent in development mode.
-- column: follower_count bigint Followers; absent in development mode.
-- column: image_url string The first image.
-- column: uri string Spotify URI.
-- column: first_seen_at timestamp When Spotify first answered with it.
-- column: last_seen_at timestamp When Spotify last answered with it.
select
  artist_id,
  max_by(name, read_seq) filter (where name is not null) as name,
  max_by(popularity, read_seq) filter (where popularity is not null) as popularity,
  max_by(follower_count, read_seq) filter (where follower_count is not null) as follower_count,
  max_by(image_url, read_seq) filter (where image_url is not null) as image_url,
  max_by(uri, read_seq) filter (where uri is not null) as uri,
  min(fetched_at) as first_seen_at,
  max(fetched_at) as last_seen_at
from artists
group by artist_id
