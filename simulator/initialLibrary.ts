/** The library as it is when the simulation starts. */
import { musicOf, type Music } from "./music";
import { firstCollection } from "./collection";
import { oddName, personName, playlistName, title } from "./inventNames";
import { firstPodcasts } from "./podcasts";
import { idOf, imageIdOf, insertAt, Random } from "./random";
import { dayMs, seconds } from "./times";
import { snapshotOf } from "./model";
import type { Entry, Item, Library, Listener, Playlist, PlaylistContents, SavedTrack, User } from "./model";

/** How much there is. Playlists: entries of the listing, at least 10. Saved albums and followed artists: at most. */
export interface LibrarySize {
  playlists: number;
  tracks: number;
  saved: number;
  albums: number;
  followed: number;
}

/** A seed and the moments that fill a first library. Times in ms since 1970 UTC. */
interface Plan {
  seed: string;
  start: number;
  size: LibrarySize;
  music: Music;
  friends: User[];
}

const year = 365 * dayMs;

/** The listener of every library of libraryAt. */
export const simulatedListener: Listener = {
  id: "simulated-listener",
  displayName: "Simulated Listener",
  accountId: "sim0Listener",
  country: "SE",
  email: "listener@example.org",
  product: "premium",
  followers: 12,
};

const spotify: User = { id: "spotify", displayName: "Spotify" };

/** The library of a seed at `start`, before any day went by. Throws RangeError if it is to have too few playlists. */
export function firstLibrary(seed: string, start: number, size: LibrarySize): Library {
  if (size.playlists < 10) throw new RangeError("A simulated library has at least 10 playlists.");
  const music = musicOf(seed, size.tracks, new Date(start).getUTCFullYear());
  const plan = { seed, start, size, music, friends: makeFriends(seed) };
  const random = new Random(seed, "first");
  const pool = random.shuffle(music.tracks);
  const readable = fillReadable(plan, pool, random);
  const others = Array.from({ length: shareOf(size.playlists, 6) }, (_, k) => notOwned(plan, k, random));
  const nulls = size.playlists >= 40 ? [null, null] : [null];
  return {
    listener: simulatedListener,
    playlists: random.shuffle([...readable, ...others, goneList(plan, random), ...nulls]),
    unlisted: [],
    saved: fillSaved(plan, pool, random),
    ...firstCollection(seed, start, size, music.tracks),
    podcasts: firstPodcasts(seed, start, music.episodes),
    allTracks: music.tracks,
  };
}

/** One in `parts` of the playlists, at least one. */
function shareOf(playlists: number, parts: number): number {
  return Math.max(1, Math.round(playlists / parts));
}

/** People who own or edit playlists; one has no display name. */
function makeFriends(seed: string): User[] {
  const random = new Random(seed, "friends");
  return Array.from({ length: 8 }, (_, number) => ({
    id: idOf(seed, "user", number).toLowerCase(),
    displayName: number === 3 ? null : personName(random),
  }));
}

/** The playlists whose contents the listener may read: their own, and a few that others share with them. */
function fillReadable(plan: Plan, pool: Item[], random: Random): Playlist[] {
  const { playlists, tracks } = plan.size;
  const shared = shareOf(playlists, 12);
  const count = playlists - shareOf(playlists, 6) - (playlists >= 40 ? 3 : 2);
  const usual = Math.ceil((tracks * 1.4) / count);
  let dealt = 0;
  const lists = Array.from({ length: count }, (_, number) => {
    const length = lengthOf(number, usual, random);
    const fresh = pool.slice(dealt, (dealt += Math.ceil(length * 0.7)));
    const known = Array.from({ length: length - fresh.length }, () => pool[random.zipf(pool.length)]!);
    const owner = number < count - shared ? simulatedListener : random.pick(plan.friends);
    return sketch(plan, number, owner, random.shuffle([...fresh, ...known]), random);
  });
  return addOddities(plan, lists, random).map(finish);
}

/** The first few lists have lengths that paging has to get right: none, one, a full page, two full pages, many pages. */
function lengthOf(number: number, usual: number, random: Random): number {
  const telling = [usual * 5, 0, 1, 50, 100];
  return telling[number] ?? random.int(Math.ceil(usual / 3), usual + Math.floor(usual / 2));
}

/** A playlist of `owner` with plain entries, added one after the other; the listener may edit those of others. */
function sketch(plan: Plan, number: number, owner: User, items: Item[], random: Random): PlaylistContents {
  const created = plan.start - random.int(1, 9) * year;
  const step = (plan.start - created) / (items.length + 1);
  const editors =
    owner === simulatedListener ? [owner] : [owner, simulatedListener, random.pick(plan.friends)];
  const entries = items.map((item, position) => ({
    addedAt: seconds(created + step * (position + random.next())),
    addedBy: random.pick(editors).id,
    item,
  }));
  return {
    id: idOf(plan.seed, "playlist", number),
    name: oddly(number, playlistName(random)),
    description: random.pick([
      "",
      "",
      null,
      `Mostly ${title(random)} &amp; friends`,
      oddName(number, "about this"),
    ]),
    owner,
    public: number === 6 ? null : owner === simulatedListener && random.chance(0.5),
    collaborative: owner !== simulatedListener,
    collaborators: editors.slice(1).map((user) => user.id),
    images: imagesOf(plan.seed, number, random),
    entries,
  };
}

/** Every fourth playlist's name is odd. */
function oddly(number: number, plain: string): string {
  return number % 4 === 3 ? oddName(number >> 2, plain) : plain;
}

function imagesOf(seed: string, number: number, random: Random): string[] | null {
  const count = random.pick([null, 0, 1, 1, 3]);
  return count === null ? null : Array.from({ length: count }, (_, k) => imageIdOf(seed, "cover", number, k));
}

function finish(contents: PlaylistContents): Playlist {
  const revision = contents.entries.length + 1;
  return { ...contents, revision, snapshotId: snapshotOf(contents, revision), gone: false };
}

/** Puts what is not a plain track into fixed ones of the lists (by index, so that every library has it). */
function addOddities({ music }: Plan, lists: PlaylistContents[], random: Random): PlaylistContents[] {
  const result = [...lists];
  const change = (index: number, edit: (list: PlaylistContents) => (Entry | null)[]) => {
    const at = index % lists.length;
    result[at] = { ...result[at]!, entries: edit(result[at]!) };
  };
  const mix = (index: number, items: (Item | null)[]) =>
    change(index, (list) =>
      items.reduce((entries, item) => insert(entries, item, list, random), list.entries),
    );

  [0, 5, 6].forEach((list, part) => mix(list, music.localFiles.slice(part * 8, part * 8 + 8)));
  [0, 5, 7].forEach((list, part) => mix(list, music.episodes.slice(part * 12, part * 12 + 12)));
  [0, 5, 8, 9].forEach((list) => mix(list, [null, null]));
  [0, 7].forEach((list) =>
    change(list, ({ entries }) => insertAt(entries, random.int(0, entries.length), null)),
  );
  [0, 5, 9].forEach((list) => mix(list, lastItems(result[list % lists.length]!, 3)));
  const very = (addedAt: string | null, addedBy: string | null) => (list: PlaylistContents) =>
    list.entries.map((entry) => entry && { ...entry, addedAt, addedBy });
  change(10, very(null, null));
  change(11, very("1970-01-01T00:00:00Z", ""));
  return result;
}

function lastItems({ entries }: PlaylistContents, count: number): Item[] {
  const items = entries.map((entry) => entry?.item ?? null).filter((item) => item !== null);
  return items.slice(-count);
}

/** Puts an item somewhere into a list, added when its new neighbour was. */
function insert(
  entries: (Entry | null)[],
  item: Item | null,
  list: PlaylistContents,
  random: Random,
): (Entry | null)[] {
  const at = random.int(0, entries.length);
  const neighbour = entries[at] ?? entries[at - 1];
  const addedAt = neighbour?.addedAt ?? "2019-05-05T05:05:05Z";
  return insertAt(entries, at, { addedAt, addedBy: list.owner.id, item });
}

/** A followed playlist whose contents are closed to the listener: a friend's or Spotify's; one is collaborative. */
function notOwned(plan: Plan, number: number, random: Random): Playlist {
  const owner = number % 4 === 3 ? spotify : random.pick(plan.friends);
  const items = Array.from({ length: random.int(20, 80) }, () => random.pick(plan.music.tracks));
  const contents = sketch(plan, 10_000 + number, owner, items, random);
  return finish({ ...contents, public: number !== 0, collaborative: number === 0, collaborators: [] });
}

/** A playlist of the listener's that was deleted but is still listed. */
function goneList(plan: Plan, random: Random): Playlist {
  return { ...finish(sketch(plan, 20_000, simulatedListener, [], random)), gone: true };
}

/** Saved tracks, newest first. A part was saved in one go, as imports do: all at the same second. */
function fillSaved({ size, start }: Plan, pool: Library["allTracks"], random: Random): SavedTrack[] {
  const tracks = random.shuffle(pool).slice(0, size.saved);
  const imported = Math.floor(tracks.length / 20);
  const step = (6 * year) / tracks.length;
  return tracks.map((track, place) => {
    const age = place < tracks.length - imported ? place + 1 + random.next() / 2 : tracks.length + 1;
    return { addedAt: seconds(start - age * step), track };
  });
}
