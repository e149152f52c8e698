/** Makes rows of the entries of saved podcasts, episodes and audiobooks. */
import { savedAudiobooks } from "../../../schemas/saved_audiobooks";
import { savedEpisodes } from "../../../schemas/saved_episodes";
import { savedShows } from "../../../schemas/saved_shows";
import { isObject, list, object } from "../../raw/json";
import { idCell, makeRow, timeCell, type MadeRow } from "./cells";
import type { EntryResult } from "./entries";
import type { Provenance } from "./provenance";

/** Reads an entry of /me/shows. */
export function savedShow(entry: unknown, position: number, provenance: Provenance): EntryResult {
  const { show, added_at } = object(entry);
  if (!isObject(show)) return { skip: "null_entry" };
  return resultOf(
    makeRow(savedShows, provenance, {
      list_position: position,
      show_id: idCell(show.id),
      item_uri: idCell(show.uri),
      show_name: show.name,
      publisher: show.publisher,
      media_type: idCell(show.media_type),
      total_episodes: show.total_episodes,
      is_explicit: show.explicit,
      added_at: timeCell(added_at),
    }),
  );
}

/** Reads an entry of /me/episodes. */
export function savedEpisode(entry: unknown, position: number, provenance: Provenance): EntryResult {
  const { episode, added_at } = object(entry);
  if (!isObject(episode)) return { skip: "null_entry" };
  const { id, name } = object(episode.show);
  const { fully_played, resume_position_ms } = object(episode.resume_point);
  return resultOf(
    makeRow(savedEpisodes, provenance, {
      list_position: position,
      episode_id: idCell(episode.id),
      item_uri: idCell(episode.uri),
      episode_name: episode.name,
      show_id: idCell(id),
      show_name: name,
      duration_ms: episode.duration_ms,
      release_date: idCell(episode.release_date),
      release_date_precision: idCell(episode.release_date_precision),
      is_explicit: episode.explicit,
      is_fully_played: fully_played,
      resume_position_ms,
      added_at: timeCell(added_at),
    }),
  );
}

/** Reads an entry of /me/audiobooks, which is the audiobook itself. */
export function savedAudiobook(entry: unknown, position: number, provenance: Provenance): EntryResult {
  if (!isObject(entry)) return { skip: "null_entry" };
  return resultOf(
    makeRow(savedAudiobooks, provenance, {
      list_position: position,
      audiobook_id: idCell(entry.id),
      item_uri: idCell(entry.uri),
      audiobook_name: entry.name,
      author_names: namesOf(entry.authors),
      narrator_names: namesOf(entry.narrators),
      publisher: entry.publisher,
      edition: idCell(entry.edition),
      total_chapters: entry.total_chapters,
      is_explicit: entry.explicit,
    }),
  );
}

function resultOf(made: MadeRow): EntryResult {
  return made.isComplete ? { made } : { made, skip: "no_id" };
}

/** Returns the names of authors or narrators as one text, null if there are none. */
function namesOf(people: unknown): string | null {
  const names = list(people)
    .map((person) => object(person).name)
    .filter((name) => typeof name === "string");
  return names.length > 0 ? names.join(", ") : null;
}
