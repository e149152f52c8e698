import type { Card } from "../card";
import { numberIn, textIn } from "../state";
import { barList } from "./barList";
import { noPlays } from "./listening";

/** How many lines a list shows; the rows below it have all. */
const shown = 10;

function top(id: string, things: string, name: string, detail?: string): Card {
  return {
    id,
    title: `Top ${things}`,
    question: `Which ${things} were played most?`,
    size: "third",
    draw: (rows) =>
      barList(
        rows.slice(0, shown).map((row) => ({
          name: textIn(row, name) || "(without a title)",
          ...(detail !== undefined && { detail: textIn(row, detail) }),
          value: numberIn(row, "plays"),
        })),
        { ranked: true },
      ),
    empty: noPlays,
  };
}

/** What was played most in the chosen period. */
export const tops: Card[] = [
  top("top_artists", "artists", "artist_name"),
  top("top_tracks_played", "tracks", "track_name", "artist_name"),
  top("top_albums", "albums", "album_name", "artist_name"),
];
