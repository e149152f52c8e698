/** What the Web API says of the podcasts and audiobooks that the listener saved. */
import { ownViewOf, type ApiCall } from "./apiCall";
import { audiobookShape, savedEpisodeShape, showShape } from "./podcast-shapes";
import { pageOf, type Page } from "./paging";

const usualPage = { max: 50, usual: 20 };

/** GET /me/shows */
export function savedShows(call: ApiCall): Page {
  const rules = { path: "/me/shows", ...usualPage };
  return pageOf(call.library.podcasts.shows, call.query, rules, ({ addedAt, show }) => ({
    added_at: addedAt,
    show: showShape(show, ownViewOf(call)),
  }));
}

/** GET /me/episodes: how far they were heard is shown to those who may know. */
export function savedEpisodes(call: ApiCall): Page {
  const rules = { path: "/me/episodes", ...usualPage };
  const isHeardShown = call.scopes.includes("user-read-playback-position");
  return pageOf(call.library.podcasts.episodes, call.query, rules, (saved) =>
    savedEpisodeShape(saved, ownViewOf(call), isHeardShown),
  );
}

/** GET /me/audiobooks: the audiobooks themselves, without a time. */
export function savedAudiobooks(call: ApiCall): Page {
  const rules = { path: "/me/audiobooks", ...usualPage };
  return pageOf(call.library.podcasts.audiobooks, call.query, rules, (book) =>
    audiobookShape(book, ownViewOf(call)),
  );
}
