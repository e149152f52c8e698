/** What the page asks: named queries, some of them for each period that a reader may choose. */

/** The periods to choose from, in days; the last one is all there is. */
export const periods = [7, 28, 90, 365, 36500] as const;

/** One of the {@link periods}. */
export type Period = (typeof periods)[number];

/** A named query with the values of its parameters; the others have their defaults. */
export interface Question {
  /** The query's name, followed by `/` and the period where there is one for each. */
  id: string;
  query: string;
  values: Record<string, string>;
}

const once: [query: string, values?: Record<string, string>][] = [
  ["period_summary"],
  ["listening_streaks", { at_least: "1" }],
  ["listening_by_day", { days: "36500" }],
  ["discoveries_per_month"],
  ["year_in_review"],
  ["playlist_summary"],
  ["playlist_growth"],
  ["playlist_changes"],
  ["playlist_overlap", { limit: "400" }],
  ["release_decades"],
  ["saved_and_heard"],
  ["forgotten_favourites", { limit: "50" }],
  ["podcasts_against_music"],
  ["podcasts_followed"],
  ["calls_used"],
  ["runs"],
  ["freshness"],
  ["completeness"],
  ["quality_failures"],
  ["play_gaps"],
  ["skips_by_reason"],
  ["token_days_left"],
];

const ofEachPeriod: [query: string, values?: Record<string, string>][] = [
  ["listening_by_hour"],
  ["top_artists", { limit: "20" }],
  ["top_tracks_played", { limit: "20" }],
  ["top_albums", { limit: "20" }],
];

/** All questions of the page. */
export const questions: Question[] = [
  ...once.map(([query, values = {}]) => ({ id: query, query, values })),
  ...ofEachPeriod.flatMap(([query, values = {}]) =>
    periods.map((days) => ({ id: `${query}/${days}`, query, values: { ...values, days: String(days) } })),
  ),
];
