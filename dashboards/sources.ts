/** What a data set reads of one view or table. */
interface Source {
  columns: readonly string[];
  /** The column that the dashboard's period limits; without one, all rows count whatever the period. */
  period?: string;
  /** A condition on its rows, in SQL. */
  where?: string;
}

/**
 * What the dashboard reads: a data set for each view or table, by its name. All have `listener_id`, which the
 * dashboard's filter for listeners looks at. There are no booleans: QuickSight makes numbers of them
 * (https://docs.aws.amazon.com/quicksight/latest/user/supported-data-types-and-values.html).
 */
const sources = {
  daily_listening: {
    columns: ["listener_id", "played_on", "plays", "minutes", "new_tracks", "plays_a_day"],
    period: "played_on",
  },
  listening_hours: {
    columns: ["listener_id", "played_on", "weekday", "hour_of_day", "plays"],
    period: "played_on",
  },
  artist_plays: {
    columns: ["listener_id", "played_on", "artist_name", "item_key"],
    period: "played_on",
    where: "is_counted and artist_name is not null",
  },
  all_plays: {
    columns: ["listener_id", "played_on", "track_name", "artist_name", "item_key"],
    period: "played_on",
    where: "is_counted",
  },
  current_playlists: { columns: ["listener_id", "name", "owner_name", "item_count", "fetched_at"] },
  playlist_sizes: {
    columns: ["listener_id", "playlist_name", "read_at", "items"],
    period: "read_at",
  },
  playlist_changes: {
    columns: ["listener_id", "noticed_on", "playlist_name", "change", "item_name", "artist_name"],
    period: "noticed_on",
  },
  library_tracks: { columns: ["listener_id", "release_decade", "track_id"] },
  current_saved_tracks: { columns: ["listener_id", "added_at", "item_uri"] },
  extract_runs: {
    columns: ["listener_id", "run_id", "started_at", "status", "calls", "budget_used", "token_days_left"],
    period: "started_at",
  },
  skips: {
    columns: ["listener_id", "stream", "reason", "container_name", "skipped_count", "fetched_at"],
    period: "fetched_at",
  },
  known_gaps: {
    columns: ["listener_id", "gap_from", "gap_to", "noticed_at"],
    period: "noticed_at",
  },
  quality_results: {
    columns: ["listener_id", "table_name", "rule", "column_name", "severity", "failed_rows", "fetched_at"],
    period: "fetched_at",
    where: "status = 'failed'",
  },
  stream_reads: { columns: ["listener_id", "stream", "read_seq", "read_at"], where: "is_whole" },
} as const satisfies Record<string, Source>;

/** The name of a data set: of the view or table that it reads. */
export type SourceName = keyof typeof sources;

/** A column of a data set. */
export type ColumnOf<S extends SourceName> = (typeof sources)[S]["columns"][number];

/** All names of data sets. */
export const sourceNames = Object.keys(sources) as SourceName[];

/** Returns what the data set `name` reads. */
export function sourceOf(name: SourceName): Source {
  return sources[name];
}

/** Returns the statement of a data set, for Athena; a Glue database of the lake needs no quotes (infra/names.ts). */
export function sqlOf(source: SourceName, database: string): string {
  const { columns, where } = sourceOf(source);
  return [
    `select ${columns.join(", ")}`,
    `from ${database}.${source}`,
    ...(where === undefined ? [] : [`where ${where}`]),
  ].join("\n");
}
