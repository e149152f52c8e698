import type { SavedEpisode } from "../../simulator/model";
import type { LivedLake } from "./livedLake";
import { groupBy, shown, sum } from "./truth";

const hours = (ms: number) => Math.round(ms / 360_000) / 10;
const reached = ({ fullyPlayed, resumeMs, episode }: SavedEpisode) =>
  fullyPlayed ? episode.durationMs : resumeMs;

/** Returns what views and named queries should answer of podcasts, computed from the library and its days themselves. */
export function expectedPodcasts({ days }: LivedLake) {
  const { shows, episodes, audiobooks } = days.at(-1)!.library.podcasts;
  const byShow = groupBy(episodes, ({ episode }) => episode.show.id);
  return {
    current_saved_shows: shows.map(({ show }) => [show.id, shown(show.name), show.totalEpisodes]),
    current_saved_audiobooks: audiobooks.map((book) => [book.id, book.authors.join(", ")]),
    unfinished_episodes: episodes
      .filter(({ resumeMs }) => resumeMs > 0)
      .map(({ episode, resumeMs }) => ({ episode, left: episode.durationMs - resumeMs }))
      .sort((a, b) => a.left - b.left)
      .map(({ episode, left }, index) => [index + 1, shown(episode.name), Math.round(left / 6000) / 10]),
    podcasts_followed: shows.map(({ show }) => {
      const all = byShow.get(show.id) ?? [];
      const finished = all.filter(({ fullyPlayed }) => fullyPlayed).length;
      const begun = all.filter(({ resumeMs }) => resumeMs > 0).length;
      const saved = hours(sum(all.map(({ episode }) => episode.durationMs)));
      return [show.id, show.totalEpisodes, all.length, finished, begun, saved, hours(sum(all.map(reached)))];
    }),
    episode_listening: days.slice(1).flatMap(({ readAt, library }, index) => {
      const before = new Map(days[index]!.library.podcasts.episodes.map((one) => [one.episode.id, one]));
      return library.podcasts.episodes.flatMap((saved) => {
        const old = before.get(saved.episode.id);
        const ms = old ? reached(saved) - reached(old) : 0;
        const day = new Date(readAt).toISOString().slice(0, 10);
        return ms > 0 ? [[day, saved.episode.id, ms, saved.fullyPlayed && !old!.fullyPlayed]] : [];
      });
    }),
  };
}
