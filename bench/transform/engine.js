"use strict";
/*
 * The nine tables of a stream-day of saved tracks in SQL, from raw objects to Parquet files: what a column engine
 * takes for the same tables, their keys, order and checks. One thread, as a function of Lambda has.
 */
const fs = require("node:fs");
const path = require("node:path");
const { DuckDBInstance } = require("@duckdb/node-api");

const [folder, out] = process.argv.slice(2);

const named = "id varchar, type varchar, name varchar, uri varchar";
const artist = `struct(${named})`;
const album = `struct(${named}, album_type varchar, release_date varchar, release_date_precision varchar,
  total_tracks integer, popularity integer, images struct(url varchar)[], artists ${artist}[])`;
const track = `struct(${named}, duration_ms bigint, explicit boolean, disc_number integer, track_number integer,
  external_ids struct(isrc varchar), popularity integer, is_playable boolean, artists ${artist}[], album ${album})`;
const columns = `{kind: 'varchar', read_seq: 'bigint', "offset": 'integer', date: 'varchar', run_id: 'varchar',
  listener: 'varchar', container: 'varchar', version: 'varchar', pages: 'integer', positions: 'integer',
  completed_at: 'timestamp', body: 'struct(items struct(added_at timestamp, track ${track})[])'}`;
const lines = `read_json('${folder}/*.jsonl.gz', format = 'newline_delimited', columns = ${columns})`;
const provenance = "'saved_tracks' as source, 'run' as run_id, fetched_at";
const first = "row_number() over (partition by id order by read_seq desc, is_part, position) = 1";

const setup = `
  set threads = 1;
  create temp table entries as
    select read_seq, "offset" + unnest(range(len(body.items))) as position, unnest(body.items) as entry,
      strptime(date, '%a, %d %b %Y %H:%M:%S GMT') as fetched_at
    from ${lines} where kind = 'page';
  create temp table tracks as
    select read_seq, entry.track.id as id, position, entry.track as track, fetched_at, false as is_part
    from entries qualify ${first};
  create temp table albums as
    select read_seq, entry.track.album.id as id, position, entry.track.album as album, fetched_at, true as is_part
    from entries qualify ${first};
  create temp table artists as
    select read_seq, artist.id as id, position, artist, fetched_at, true as is_part
    from (
      select read_seq, position, fetched_at,
        unnest(list_concat(entry.track.artists, entry.track.album.artists)) as artist
      from entries
    ) qualify ${first};`;

const tables = {
  tracks: `select read_seq, id as track_id, track.name as name, track.album.id as album_id,
      track.album.name as album_name, track.artists[1].id as primary_artist_id,
      track.artists[1].name as primary_artist_name, len(track.artists) as artist_count, track.duration_ms as duration_ms,
      track.explicit as is_explicit, track.disc_number as disc_number, track.track_number as track_number,
      track.external_ids.isrc as isrc, track.popularity as popularity, track.is_playable as is_playable,
      track.uri as uri, ${provenance}
    from tracks order by track_id, read_seq`,
  track_artists: `select read_seq, track_id, artist_position, artist.id as artist_id, artist.name as artist_name, ${provenance}
    from (
      select read_seq, id as track_id, fetched_at, unnest(range(len(track.artists))) as artist_position,
        unnest(track.artists) as artist
      from tracks
    ) order by track_id, read_seq, artist_position`,
  albums: `select read_seq, id as album_id, album.name as name, album.album_type as album_type,
      album.artists[1].id as primary_artist_id, album.artists[1].name as primary_artist_name,
      album.release_date as release_date, album.release_date_precision as release_date_precision,
      try_cast(left(album.release_date, 4) as integer) as release_year,
      try_cast(rpad(album.release_date, 10, '-01-01') as date) as release_day, album.total_tracks as total_tracks,
      album.popularity as popularity, album.images[1].url as image_url, album.uri as uri, ${provenance}
    from albums order by album_id, read_seq`,
  album_artists: `select read_seq, album_id, artist_position, artist.id as artist_id, artist.name as artist_name, ${provenance}
    from (
      select read_seq, id as album_id, fetched_at, unnest(range(len(album.artists))) as artist_position,
        unnest(album.artists) as artist
      from albums
    ) order by album_id, read_seq, artist_position`,
  artists: `select read_seq, id as artist_id, artist.name as name, artist.uri as uri, ${provenance}
    from artists order by artist_id, read_seq`,
  saved_tracks: `select 'me' as listener_id, read_seq, position as list_position, entry.track.type as item_type,
      entry.track.id as track_id, entry.track.uri as item_uri, entry.track.name as item_name,
      entry.track.artists[1].name as artist_name, entry.added_at as added_at, ${provenance}
    from entries order by read_seq, list_position`,
  skips: `select read_seq, position as item_position, 'null_entry' as reason, ${provenance}
    from entries where entry.track is null`,
  quality_results: `select 'tracks' as table_name, count(*) as total_rows,
      count(*) filter (not regexp_full_match(id, '[0-9A-Za-z]{22}')) as bad_ids,
      count(*) filter (not regexp_full_match(track.external_ids.isrc, '[A-Z]{2}[0-9A-Z]{3}[0-9]{7}')) as bad_isrcs,
      count(*) filter (not regexp_full_match(track.uri, 'spotify:track:[0-9A-Za-z]{22}')) as bad_uris,
      count(*) filter (track.duration_ms <= 0) as bad_lengths,
      count(*) filter (track.popularity not between 0 and 100) as bad_popularities
    from tracks
    union all by name
    select 'saved_tracks' as table_name, count(*) as total_rows,
      count(*) filter (entry.added_at > fetched_at) as bad_times,
      count(*) filter (not regexp_full_match(entry.track.id, '[0-9A-Za-z]{22}')) as bad_ids
    from entries
    union all by name
    select 'albums' as table_name, count(*) as total_rows,
      count(*) filter (not regexp_full_match(id, '[0-9A-Za-z]{22}')) as bad_ids,
      count(*) filter (not regexp_full_match(album.release_date, '[0-9]{4}(-[0-9]{2}){0,2}')) as bad_dates
    from albums`,
  container_reads: `select read_seq, container as container_id, version as container_version, completed_at,
      positions as row_count, pages as page_count
    from ${lines} where kind = 'close'`,
};

async function main() {
  fs.mkdirSync(out, { recursive: true });
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(setup);
  for (const [name, sql] of Object.entries(tables))
    await connection.run(`copy (${sql}) to '${path.join(out, name)}.parquet' (format parquet)`);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
