-- view: The genres of each artist, by their newest answer that has any; Spotify sends them to apps with extended quota.
-- column: artist_id string The artist.
-- column: artist_name string The artist's newest name.
-- column: genre_position int Place among the artist's genres, from 0.
-- column: genre string Spotify's word for it.
with newest as (
  select artist_id, max(read_seq) as read_seq
  from artist_genres
  group by artist_id
)
select genres.artist_id, artists.name as artist_name, genres.genre_position, genres.genre
from artist_genres as genres
join newest on newest.artist_id = genres.artist_id and newest.read_seq = genres.read_seq
left join current_artists as artists on artists.artist_id = genres.artist_id
