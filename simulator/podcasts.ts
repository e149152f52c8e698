/** Podcasts, episodes and audiobooks that the listener saved: at the start, and what a day does to them. */
import { personName, title } from "./inventNames";
import { idOf, Random } from "./random";
import { dayMs, hourMs, seconds } from "./times";
import type { Audiobook, Episode, Podcasts, SavedEpisode, Show } from "./model";

const savingTime = 2 * 365 * dayMs;

/** What the listener saved before `start` (ms since 1970 UTC): every podcast that the episodes are of, and half of them. */
export function firstPodcasts(seed: string, start: number, episodes: Episode[]): Podcasts {
  const random = new Random(seed, "podcasts");
  const shows = [...new Map(episodes.map(({ show }) => [show.id, show])).values()];
  const saved = random.shuffle(episodes).slice(0, Math.ceil(episodes.length / 2));
  const at = (place: number, count: number) => seconds(start - ((place + 1) / count) * savingTime);
  return {
    shows: shows.map((show, place) => ({ addedAt: at(place, shows.length), show })),
    episodes: saved.map((episode, place) => ({
      addedAt: at(place, saved.length),
      episode,
      ...progressOf(episode, random.pick([0, 0, 0.3, 0.8, 1])),
    })),
    audiobooks: Array.from({ length: 6 }, (_, number) => audiobookOf(seed, number, random)),
  };
}

/**
 * The podcasts a day later: up to three episodes were heard further, and now and then a podcast has a new one, which the
 * listener saves. `midnight` is when the day begins, ms since 1970 UTC.
 */
export function livedPodcasts(podcasts: Podcasts, seed: string, day: number, midnight: number): Podcasts {
  const random = new Random(seed, "podcasts", day);
  const open = podcasts.episodes.filter(({ fullyPlayed }) => !fullyPlayed);
  const heard = new Set(random.shuffle(open).slice(0, random.int(0, 3)));
  const episodes = podcasts.episodes.map((saved) =>
    heard.has(saved) ? hearOn(saved, random.int(10, 60) * 60_000) : saved,
  );
  const [first] = podcasts.shows;
  if (!first || !random.chance(0.4)) return { ...podcasts, episodes };
  const { show } = random.pick(podcasts.shows);
  const grown: Show = { ...show, totalEpisodes: show.totalEpisodes + 1 };
  const episode = newEpisode(seed, day, midnight, grown, random);
  const addedAt = seconds(midnight + random.int(6 * hourMs, 23 * hourMs));
  return {
    ...podcasts,
    shows: podcasts.shows.map((saved) => (saved.show === show ? { ...saved, show: grown } : saved)),
    episodes: [{ addedAt, episode, ...progressOf(episode, 0) }, ...episodes],
  };
}

function progressOf({ durationMs }: Episode, share: number): Pick<SavedEpisode, "fullyPlayed" | "resumeMs"> {
  return share === 1
    ? { fullyPlayed: true, resumeMs: 0 }
    : { fullyPlayed: false, resumeMs: Math.round(durationMs * share) };
}

function hearOn(saved: SavedEpisode, ms: number): SavedEpisode {
  const share = Math.min(1, (saved.resumeMs + ms) / saved.episode.durationMs);
  return { ...saved, ...progressOf(saved.episode, share) };
}

function newEpisode(seed: string, day: number, midnight: number, show: Show, random: Random): Episode {
  return {
    kind: "episode",
    id: idOf(seed, "new episode", day),
    name: `#${show.totalEpisodes}: ${title(random)}`,
    show,
    description: `A talk about ${title(random)}.`,
    durationMs: random.int(600_000, 7_200_000),
    explicit: random.chance(0.2),
    release: { text: new Date(midnight).toISOString().slice(0, 10), precision: "day" },
  };
}

/** Every third one has two narrators, and the last has no edition. */
function audiobookOf(seed: string, number: number, random: Random): Audiobook {
  return {
    id: idOf(seed, "audiobook", number),
    name: title(random),
    authors: [personName(random)],
    narrators: Array.from({ length: number % 3 === 0 ? 2 : 1 }, () => personName(random)),
    publisher: `${personName(random)} Press`,
    edition: number === 5 ? "" : "Unabridged",
    totalChapters: random.int(8, 60),
    explicit: random.chance(0.2),
  };
}
