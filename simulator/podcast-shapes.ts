/** Episodes, shows and audiobooks as the Web API shows them. */
import { identity, markets, pictures, shown, type Json, type View } from "./json";
import type { Audiobook, Episode, SavedEpisode, Show } from "./model";

/** An episode asked for as such. */
export function episodeShape(episode: Episode, view: View): Json {
  return {
    ...commonEpisode(episode),
    audio_preview_url: null,
    html_description: `<p>${episode.description}</p>`,
    description: episode.description,
    images: pictures(episode.id),
    is_externally_hosted: false,
    is_playable: true,
    language: "en",
    languages: ["en"],
    release_date: episode.release.text,
    release_date_precision: episode.release.precision,
    resume_point: { fully_played: false, resume_position_ms: 0 },
    show: showShape(episode.show, view),
  };
}

/** An episode that was not asked for as such: it stands in a track's place, without album and artists. */
export function disguisedEpisodeShape(episode: Episode): Json {
  return {
    ...commonEpisode(episode),
    episode: true,
    external_ids: {},
    is_local: false,
    preview_url: null,
    track: false,
  };
}

function commonEpisode(episode: Episode): Json {
  return {
    duration_ms: episode.durationMs,
    explicit: episode.explicit,
    name: episode.name,
    ...identity("episode", episode.id),
  };
}

/** A podcast without its episodes. */
export function showShape(show: Show, view: View): Json {
  return shown(view, "show", {
    available_markets: markets,
    copyrights: [],
    description: "",
    explicit: false,
    html_description: "",
    images: pictures(show.id),
    is_externally_hosted: false,
    languages: ["en"],
    media_type: "audio",
    name: show.name,
    publisher: show.publisher,
    total_episodes: show.totalEpisodes,
    ...identity("show", show.id),
  });
}

/** An entry of /me/episodes. */
export function savedEpisodeShape(saved: SavedEpisode, view: View, isHeardShown: boolean): Json {
  const resume_point = isHeardShown
    ? { fully_played: saved.fullyPlayed, resume_position_ms: saved.resumeMs }
    : undefined;
  return { added_at: saved.addedAt, episode: { ...episodeShape(saved.episode, view), resume_point } };
}

/** An audiobook without its chapters; to Spotify it is a show, which its URI says. */
export function audiobookShape(book: Audiobook, view: View): Json {
  const named = (names: string[]) => names.map((name) => ({ name }));
  return shown(view, "audiobook", {
    authors: named(book.authors),
    available_markets: markets,
    copyrights: [],
    description: "",
    edition: book.edition,
    explicit: book.explicit,
    html_description: "",
    images: pictures(book.id),
    is_externally_hosted: false,
    languages: ["en"],
    media_type: "audio",
    name: book.name,
    narrators: named(book.narrators),
    publisher: book.publisher,
    total_chapters: book.totalChapters,
    ...identity("audiobook", book.id),
    external_urls: { spotify: `https://open.spotify.com/show/${book.id}` },
    uri: `spotify:show:${book.id}`,
  });
}
