/**
 * Every stream, one entry each. Setting texts, OAuth scopes, the tables of a stream, the view accepted_reads, the rows that
 * transform makes and docs/tables.md all follow from it. To add a stream, add an entry; the compiler and
 * test/schemas/streams.test.ts name what is missing.
 */

/** Who may read a stream. */
export const accessMeanings = {
  listener: "a listener who has signed in; the source `me` includes it",
  podcasts: "a listener who has signed in; the source `podcasts` includes it",
  app: "any app, without a sign-in",
  extended_quota: "an app with extended quota",
  import: "nobody: `import` takes it from an account-data export",
  internal: "nobody: the pipeline records its own runs",
} as const;

/** How a stream is read, and what is remembered between runs. */
export const readingMeanings = {
  recent: "each run: the last 50 plays, compared with the newest ones known",
  object: "each run, in one answer",
  listing: "each run, whole; it has the version (`snapshot_id`) of each playlist",
  library: "newest first, up to what is known; whole if the total does not add up or after `reconcileDays`",
  versioned: "whole, for a version (`snapshot_id`) that was not read before",
  daily: "whole, once a UTC day",
  stale_first: "artists never read, then those read more than 90 days ago",
  none: "not from the Web API",
} as const;

/** What an argument of a stream may be, such as the id in `playlist:ID`. */
const argumentPatterns = { ID: "[0-9A-Za-z]{1,64}", QUERY: "\\S[^\\n]{0,99}" };

/** One stream. */
export interface Stream {
  access: keyof typeof accessMeanings;
  /** OAuth scopes that a sign-in needs for it. */
  scopes: readonly string[];
  reading: keyof typeof readingMeanings;
  /** What follows the colon in its name. */
  argument?: keyof typeof argumentPatterns;
  /** The tables that its answers and records fill, in the order of writing; see {@link tableNamesOf} for the rest. */
  tables: readonly string[];
  /**
   * The table that the entries of its pages fill. A read of such a stream is visible once it is closed and this table has
   * all of its rows (view accepted_reads). A stream without one has no pages: each answer is visible at once.
   */
  countedTable?: string;
}

const entities = ["tracks", "track_artists", "albums", "album_artists", "artists"] as const;
const entitiesAndGenres = [...entities, "artist_genres"] as const;
const playlistScopes = ["playlist-read-private", "playlist-read-collaborative"] as const;

/** All streams. A listener's are in the order in which a run starts them. */
export const streams = {
  recently_played: {
    access: "listener",
    scopes: ["user-read-recently-played"],
    reading: "recent",
    tables: [...entities, "plays", "gaps"],
  },
  profile: { access: "listener", scopes: ["user-read-private"], reading: "object", tables: ["profiles"] },
  playlists: {
    access: "listener",
    scopes: playlistScopes,
    reading: "listing",
    tables: ["playlists"],
    countedTable: "playlists",
  },
  saved_tracks: {
    access: "listener",
    scopes: ["user-library-read"],
    reading: "library",
    tables: [...entities, "saved_tracks"],
    countedTable: "saved_tracks",
  },
  saved_albums: {
    access: "listener",
    scopes: ["user-library-read"],
    reading: "library",
    tables: [...entities, "saved_albums"],
    countedTable: "saved_albums",
  },
  top_items: {
    access: "listener",
    scopes: ["user-top-read"],
    reading: "daily",
    tables: [...entitiesAndGenres, "top_items"],
    countedTable: "top_items",
  },
  followed_artists: {
    access: "listener",
    scopes: ["user-follow-read"],
    reading: "daily",
    tables: ["artists", "artist_genres", "followed_artists"],
    countedTable: "followed_artists",
  },
  saved_shows: {
    access: "podcasts",
    scopes: ["user-library-read"],
    reading: "daily",
    tables: ["saved_shows"],
    countedTable: "saved_shows",
  },
  saved_episodes: {
    access: "podcasts",
    // The second is for how far they were heard.
    scopes: ["user-library-read", "user-read-playback-position"],
    reading: "daily",
    tables: ["saved_episodes"],
    countedTable: "saved_episodes",
  },
  saved_audiobooks: {
    access: "podcasts",
    scopes: ["user-library-read"],
    reading: "daily",
    tables: ["saved_audiobooks"],
    countedTable: "saved_audiobooks",
  },
  playlist_items: {
    access: "listener",
    scopes: playlistScopes,
    reading: "versioned",
    tables: [...entities, "playlist_items"],
    countedTable: "playlist_items",
  },
  artist_details: {
    access: "extended_quota",
    scopes: [],
    reading: "stale_first",
    tables: ["artists", "artist_genres"],
  },
  playlist: {
    access: "app",
    scopes: [],
    reading: "versioned",
    argument: "ID",
    tables: [...entities, "playlists", "playlist_items"],
    countedTable: "playlist_items",
  },
  album: { access: "app", scopes: [], reading: "daily", argument: "ID", tables: entities },
  artist: {
    access: "app",
    scopes: [],
    reading: "daily",
    argument: "ID",
    tables: ["albums", "album_artists", "artists", "artist_genres"],
  },
  search: {
    access: "app",
    scopes: [],
    reading: "daily",
    argument: "QUERY",
    tables: [...entitiesAndGenres, "search_results"],
  },
  streaming_history: { access: "import", scopes: [], reading: "none", tables: ["streaming_history"] },
  extract_runs: { access: "internal", scopes: [], reading: "none", tables: ["extract_runs"] },
} as const satisfies Record<string, Stream>;

/** A stream's name without its argument: `playlist` for playlist:ID. */
export type StreamKind = keyof typeof streams;

/** The streams that have a given access. */
type KindsWith<Access> = {
  [K in StreamKind]: (typeof streams)[K]["access"] extends Access ? K : never;
}[StreamKind];

/** A stream of a listener's saved podcasts or audiobooks. */
export type PodcastStream = KindsWith<"podcasts">;

/** A stream that belongs to a listener. */
export type ListenerStream = KindsWith<"listener"> | PodcastStream;

/** A stream that is read from the Web API: what the setting `sources` can name. */
export type SourceKind = ListenerStream | KindsWith<"app" | "extended_quota">;

/** A stream whose pages fill a counted table. */
export type PagedStream = {
  [K in StreamKind]: (typeof streams)[K] extends { countedTable: string } ? K : never;
}[StreamKind];

export const streamKinds = Object.keys(streams) as StreamKind[];

/** The streams that belong to a listener, in the order in which a run starts them. */
export const listenerStreams = streamKinds.filter((kind): kind is ListenerStream =>
  ["listener", "podcasts"].includes(streams[kind].access),
);

/** The sources that stand for several streams, which they are read as. */
export const sourceGroups = {
  me: listenerStreams.filter((kind) => streams[kind].access === "listener"),
  podcasts: listenerStreams.filter((kind): kind is PodcastStream => streams[kind].access === "podcasts"),
};

/** The streams that the setting `sources` can name. */
export const sourceKinds = streamKinds.filter((kind): kind is SourceKind =>
  ["listener", "podcasts", "app", "extended_quota"].includes(streams[kind].access),
);

const groupNames = Object.keys(sourceGroups);

/** All sources as people write them: `me`, `saved_tracks`, `playlist:ID` … */
export const sourceNames = [...groupNames, ...sourceKinds.map(streamName)];

/** Matches a text that names one source: `me`, `saved_tracks` or, with its argument, `playlist:4x`. */
export const sourcePattern = new RegExp(
  `^(${[...groupNames, ...sourceKinds.map((kind) => withArgument(kind, (argument) => argumentPatterns[argument]))].join("|")})$`,
);

/** Returns the streams that a source stands for, such as all of `me`. */
export function streamsOfSource(source: string): readonly string[] {
  return Object.hasOwn(sourceGroups, source) ? sourceGroups[source as keyof typeof sourceGroups] : [source];
}

/** Returns a stream's name as people write it: `saved_tracks`, `playlist:ID`. */
export function streamName(kind: StreamKind): string {
  return withArgument(kind, (argument) => argument);
}

function withArgument(kind: StreamKind, textOf: (argument: keyof typeof argumentPatterns) => string): string {
  const { argument } = streamOf(kind);
  return argument ? `${kind}:${textOf(argument)}` : kind;
}

/** Returns a stream's entry. */
export function streamOf(kind: StreamKind): Stream {
  return streams[kind];
}

/** Returns the kind of a stream such as `saved_tracks` or `playlist:ID`. Throws if there is none. */
export function kindOf(stream: string): StreamKind {
  const kind = stream.split(":")[0]!;
  if (!Object.hasOwn(streams, kind)) throw new Error(`No table is fed by a stream named ${stream}.`);
  return kind as StreamKind;
}

/** Returns whether a source is one of a listener's own streams. */
export function isListenerStream(source: string): source is ListenerStream {
  return listenerStreams.some((stream) => stream === source);
}

/**
 * Returns the tables that a stream feeds, in the order in which transform writes and registers them: what makes a read
 * visible (container_reads) comes last.
 */
export function tableNamesOf(kind: StreamKind): string[] {
  const { access, tables, countedTable } = streamOf(kind);
  return [
    ...tables,
    ...(access === "internal" ? [] : ["skips"]),
    "quality_results",
    ...(countedTable ? ["container_reads"] : []),
  ];
}
