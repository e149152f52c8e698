import type * as pulumi from "@pulumi/pulumi";
import { barChart, barsAndLine, groupsTable, heatMap, lineChart, rowsTable, type Visual } from "./visuals";

/** A sheet of the dashboard. */
export interface Sheet {
  id: string;
  name: string;
  visuals: Visual[];
}

/** What was heard, and when. */
const listening: Sheet = {
  id: "listening",
  name: "Listening",
  visuals: [
    barsAndLine({
      id: "plays-per-day",
      title: "Plays per day, and the mean of seven days",
      source: "daily_listening",
      isWide: true,
      by: ["played_on", "DAY"],
      bars: ["SUM", "plays"],
      line: ["SUM", "plays_a_day"],
    }),
    heatMap({
      id: "weekday-by-hour",
      title: "Plays by weekday (1 is Monday) and hour",
      source: "listening_hours",
      rows: "weekday",
      columns: "hour_of_day",
      value: ["SUM", "plays"],
    }),
    barChart({
      id: "discoveries",
      title: "Tracks heard for the first time, by month",
      source: "daily_listening",
      by: ["played_on", "MONTH"],
      value: ["SUM", "new_tracks"],
    }),
    barChart({
      id: "top-artists",
      title: "Top artists, by plays",
      source: "artist_plays",
      by: "artist_name",
      value: ["COUNT", "item_key"],
      top: 15,
    }),
    groupsTable({
      id: "top-tracks",
      title: "Top tracks, by plays",
      source: "all_plays",
      by: ["track_name", "artist_name"],
      values: [["COUNT", "item_key"]],
    }),
  ],
};

/** What is kept, and how that changes. */
const library: Sheet = {
  id: "library",
  name: "Library",
  visuals: [
    groupsTable({
      id: "playlists",
      title: "Playlists, by items",
      source: "current_playlists",
      by: ["name", "owner_name"],
      values: [
        ["SUM", "item_count"],
        ["MAX", "fetched_at"],
      ],
    }),
    lineChart({
      id: "playlist-growth",
      title: "Items of playlists, on the days on which they were read",
      source: "playlist_sizes",
      by: ["read_at", "DAY"],
      value: ["MAX", "items"],
      colors: "playlist_name",
    }),
    barChart({
      id: "changes-per-week",
      title: "Entries added to playlists and removed, by week",
      source: "playlist_changes",
      by: ["noticed_on", "WEEK"],
      value: ["COUNT", "change"],
      colors: "change",
    }),
    rowsTable({
      id: "changes",
      title: "Changes of playlists, the newest first",
      source: "playlist_changes",
      columns: ["noticed_on", "playlist_name", "change", "item_name", "artist_name"],
    }),
    barChart({
      id: "decades",
      title: "Tracks of the library, by decade of release",
      source: "library_tracks",
      by: "release_decade",
      value: ["COUNT", "track_id"],
    }),
    barChart({
      id: "saved-per-month",
      title: "Tracks saved, by month",
      source: "current_saved_tracks",
      by: ["added_at", "MONTH"],
      value: ["COUNT", "item_uri"],
    }),
  ],
};

/** How the pipeline runs. */
const operation = (callBudget: pulumi.Input<number>): Sheet => ({
  id: "operation",
  name: "Operation",
  visuals: [
    barChart({
      id: "runs",
      title: "Runs per day, by how they ended",
      source: "extract_runs",
      by: ["started_at", "DAY"],
      value: ["DISTINCT_COUNT", "run_id"],
      colors: "status",
    }),
    barsAndLine({
      id: "calls",
      title: "Spotify calls per day, how much of the day's budget they used, and the budget",
      source: "extract_runs",
      by: ["started_at", "DAY"],
      bars: ["SUM", "calls"],
      line: ["MAX", "budget_used"],
      level: { value: callBudget, label: "budget" },
    }),
    groupsTable({
      id: "freshness",
      title: "Freshness: the last whole read of each stream, whatever the period",
      source: "stream_reads",
      by: ["listener_id", "stream"],
      values: [
        ["MAX", "read_at"],
        ["COUNT", "read_seq"],
      ],
    }),
    groupsTable({
      id: "skips",
      title: "What was skipped, and why",
      source: "skips",
      by: ["stream", "reason", "container_name"],
      values: [
        ["SUM", "skipped_count"],
        ["MAX", "fetched_at"],
      ],
    }),
    rowsTable({
      id: "gaps",
      title: "Times in which plays may be missing",
      source: "known_gaps",
      columns: ["gap_from", "gap_to", "listener_id", "noticed_at"],
    }),
    groupsTable({
      id: "quality",
      title: "Quality rules that failed",
      source: "quality_results",
      by: ["table_name", "rule", "column_name", "severity"],
      values: [
        ["SUM", "failed_rows"],
        ["MAX", "fetched_at"],
      ],
    }),
  ],
});

/** Returns the sheets in the order in which the dashboard shows them; the pipeline may make so many calls a day. */
export function sheetsOf(callBudget: pulumi.Input<number>): Sheet[] {
  return [listening, library, operation(callBudget)];
}
