/** What a day does to a library: a pure function of the library, the seed and the day. */
import { hourMs, seconds } from "./times";
import { livedCollection } from "./collection";
import { oddName, oddityCount, playlistName } from "./inventNames";
import { simulatedListener } from "./initialLibrary";
import { livedPodcasts } from "./podcasts";
import { idOf, insertAt, Random } from "./random";
import { revise, snapshotOf } from "./model";
import type { Library, Playlist, SavedTrack } from "./model";

/** One day being lived: its number, its first ms and its chances. */
interface Day {
  seed: string;
  number: number;
  midnight: number;
  random: Random;
}

/** Always so many times of the day, in ascending order. */
function moments({ midnight, random }: Day, count: number): string[] {
  const offsets = Array.from({ length: count }, () => random.int(6 * hourMs, 23 * hourMs));
  return offsets.sort((a, b) => a - b).map((offset) => seconds(midnight + offset));
}

/**
 * The library a day later. `midnight` is when the day begins (ms since 1970 UTC); everything that is added is added
 * before the day ends. A playlist's snapshot changes exactly if the playlist does.
 */
export function livedDay(library: Library, seed: string, number: number, midnight: number): Library {
  const day = { seed, number, midnight, random: new Random(seed, "day", number) };
  const edited = editPlaylists(library, day);
  return {
    ...followSome(edited, day),
    saved: saveSome(library, day),
    ...livedCollection(library, seed, number, midnight),
    podcasts: livedPodcasts(library.podcasts, seed, number, midnight),
  };
}

/** A playlist of the listener's own grows, and up to five change, whoever owns them. */
function editPlaylists(library: Library, day: Day): Library {
  const { random } = day;
  const editable = library.playlists.filter((list) => list !== null).filter((list) => !list.gone);
  const own = random.pick(editable.filter((list) => list.owner.id === library.listener.id));
  const chosen = random.shuffle(editable).slice(0, random.int(2, 5));
  const changed = new Map(chosen.map((list) => [list, random.pick(edits)(list, library, day)]));
  changed.set(own, grow(own, library, day));
  return { ...library, playlists: library.playlists.map((list) => (list && changed.get(list)) ?? list) };
}

type Edit = (list: Playlist, library: Library, day: Day) => Playlist;

const grow: Edit = (list, { allTracks }, day) => {
  const { random } = day;
  const editors = [list.owner.id, ...list.collaborators];
  const added = moments(day, random.int(1, 8)).map((addedAt) => ({
    addedAt,
    addedBy: random.pick(editors),
    item: allTracks[random.zipf(allTracks.length)]!,
  }));
  return revise(list, { entries: [...list.entries, ...added] });
};

/** Removes plain tracks only, so that the odd entries stay to be read. */
const shrink: Edit = (list, library, day) => {
  const plain = list.entries.filter((entry) => entry?.item?.kind === "track");
  const removed = day.random.shuffle(plain).slice(0, day.random.int(1, 3));
  if (removed.length === 0) return grow(list, library, day);
  return revise(list, { entries: list.entries.filter((entry) => !removed.includes(entry)) });
};

/** Moves one entry to another place; a list in which that changes nothing grows instead. */
const reorder: Edit = (list, library, day) => {
  const { entries } = list;
  if (entries.length < 2) return grow(list, library, day);
  const from = day.random.int(0, entries.length - 1);
  const to = day.random.int(0, entries.length - 2);
  const moved = insertAt(
    entries.filter((_, k) => k !== from),
    to,
    entries[from]!,
  );
  const same = moved.every((entry, k) => JSON.stringify(entry) === JSON.stringify(entries[k]));
  return same ? grow(list, library, day) : revise(list, { entries: moved });
};

const rename: Edit = (list, library, day) => {
  const plain = playlistName(day.random);
  const name = day.random.chance(0.3) ? oddName(day.random.int(0, oddityCount - 1), plain) : plain;
  return name === list.name ? grow(list, library, day) : revise(list, { name });
};

const describe: Edit = (list, library, day) => {
  const description = `Changed on day ${day.number}`;
  return description === list.description ? grow(list, library, day) : revise(list, { description });
};

/** Growing is what playlists do most. */
const edits: Edit[] = [grow, grow, grow, shrink, shrink, reorder, rename, describe];

/** Now and then a playlist is made (it comes first in the list), or one that was made so is dropped. */
function followSome(library: Library, day: Day): Library {
  const { random, seed } = day;
  if (random.chance(0.2)) return { ...library, playlists: [newPlaylist(library, day), ...library.playlists] };
  if (!random.chance(0.2)) return library;
  const madeIds = Array.from({ length: day.number }, (_, number) => madeId(seed, number));
  const made = library.playlists.filter((list) => list !== null && madeIds.includes(list.id));
  if (made.length === 0) return library;
  const dropped = random.pick(made)!;
  const playlists = library.playlists.filter((list) => list !== dropped);
  return { ...library, playlists, unlisted: [...library.unlisted, dropped] };
}

/** The id of the playlist that is made on a day, if one is. */
function madeId(seed: string, number: number): string {
  return idOf(seed, "made", number);
}

function newPlaylist({ allTracks }: Library, day: Day): Playlist {
  const { random } = day;
  const entries = moments(day, random.int(5, 30)).map((addedAt) => ({
    addedAt,
    addedBy: simulatedListener.id,
    item: random.pick(allTracks),
  }));
  const contents = {
    id: madeId(day.seed, day.number),
    name: playlistName(random),
    description: "",
    owner: simulatedListener,
    public: false,
    collaborative: false,
    collaborators: [],
    images: [],
    entries,
  };
  return { ...contents, revision: 1, snapshotId: snapshotOf(contents, 1), gone: false };
}

/** One to five tracks are saved; on a third of the days one or two are dropped. */
function saveSome({ saved, allTracks }: Library, day: Day): SavedTrack[] {
  const { random } = day;
  const dropped = random.chance(0.35) ? random.shuffle(saved).slice(0, random.int(1, 2)) : [];
  const kept = saved.filter((entry) => !dropped.includes(entry));
  const known = new Set(kept.map((entry) => entry.track));
  const fresh = random.shuffle(allTracks.filter((track) => !known.has(track))).slice(0, random.int(1, 5));
  const added = moments(day, fresh.length).map((addedAt, k) => ({ addedAt, track: fresh[k]! }));
  return [...added.reverse(), ...kept];
}
