/** Invented music in the shapes of Spotify's answers, with ids and texts of the usual lengths. */
import { createHash } from "node:crypto";

const markets = Array.from({ length: 185 }, (_, market) =>
  String.fromCharCode(65 + (market % 26), 65 + market / 8),
);

/** Returns track number `index`. `withMarkets`: as large as answers to apps from before 2026 are. */
export function trackOf(index: number, withMarkets: boolean): object {
  const artists = [artistOf(index % 7919), artistOf(index % 499)];
  return {
    ...named("track", index),
    duration_ms: 180_000 + (index % 60_000),
    explicit: index % 5 === 0,
    disc_number: 1,
    track_number: (index % 12) + 1,
    external_ids: { isrc: `XX${String(index).padStart(10, "0")}` },
    popularity: index % 100,
    ...(withMarkets && { available_markets: markets }),
    artists,
    album: albumOf(index >> 1, artists.slice(0, 1), withMarkets),
  };
}

/** Returns album number `index` by the artists. */
export function albumOf(index: number, artists: object[], withMarkets: boolean): object {
  return {
    ...named("album", index),
    album_type: "album",
    release_date: `${1960 + (index % 60)}-0${(index % 9) + 1}`,
    release_date_precision: "month",
    total_tracks: 12,
    ...(withMarkets && { available_markets: markets }),
    images: [640, 300, 64].map((size) => ({
      url: `https://images.example/${index}/${size}`,
      width: size,
    })),
    artists,
  };
}

/** Returns artist number `index`, as credits name artists. */
export function artistOf(index: number): object {
  return named("artist", index);
}

/** Returns an id of the real length. */
export function idOf(type: string, index: number): string {
  return createHash("sha256").update(`${type}${index}`).digest("hex").slice(0, 22);
}

function named(type: string, index: number): object {
  const id = idOf(type, index);
  const name = `Some ${type} with a name of usual length, number ${index}`;
  return { id, type, name, uri: `spotify:${type}:${id}`, href: `https://api.example/v1/${type}s/${id}` };
}
