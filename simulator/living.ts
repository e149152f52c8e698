/** A library that also changes between requests: the containers that are being read, while they are read. */
import { libraryAt, type Simulation } from "./library";
import { livedDay } from "./edits";
import { albumsOf, artistsOf, byId } from "./collection";
import { Random } from "./random";
import { revise } from "./model";
import { dayMs, midnightOf, seconds } from "./times";
import type { Library, Playlist } from "./model";

/** The default library of a simulation, edited by `change`; days pass over it as over libraryAt's. Time never goes back. */
export class LivingLibrary {
  private library: Library;
  private day = 0;
  private readonly seed: string;
  private readonly midnight: number;

  constructor(simulation: Simulation) {
    this.library = libraryAt({ ...simulation, now: simulation.start });
    this.seed = String(simulation.seed);
    this.midnight = midnightOf(simulation.start);
  }

  /** The library at a moment, ms since 1970 UTC. */
  at(now: number): Library {
    const today = Math.floor((now - this.midnight) / dayMs);
    for (; this.day < today; this.day += 1)
      this.library = livedDay(this.library, this.seed, this.day + 1, this.midnight + this.day * dayMs);
    return this.library;
  }

  /**
   * Changes what a request for `path` is about to read, if it is the listener's; `number` tells changes apart. What is
   * added is dated to the midnight before `now` (ms since 1970 UTC), so that lists stay newest first.
   */
  change(path: string, number: number, now: number): void {
    const edit = editOf(path);
    if (edit)
      this.library = edit(this.at(now), seconds(midnightOf(now)), new Random(this.seed, "change", number));
  }
}

/** What `addedAt` dates is newly there. */
type Edit = (library: Library, addedAt: string, random: Random) => Library;

/** By path; those of playlists stand apart. */
const edits = new Map<string, Edit>([
  ["/v1/me/playlists", followOrUnfollow],
  ["/v1/me/tracks", changeSavedTracks],
  ["/v1/me/albums", changeSavedAlbums],
  ["/v1/me/following", changeFollowed],
]);

/** The edit of what a path reads; undefined if it reads nothing that the listener could change. */
function editOf(path: string): Edit | undefined {
  const [, id] = /^\/v1\/playlists\/([^/]+)/.exec(path) ?? [];
  return id === undefined ? edits.get(path) : editOfPlaylist(id);
}

function editOfPlaylist(id: string): Edit {
  return (library, addedAt, random) => {
    const change = (list: Playlist): Playlist => {
      const fresh = { addedAt, addedBy: list.owner.id, item: random.pick(library.catalogue) };
      return revise(list, { entries: moreOrLess(list.entries, fresh, random) });
    };
    const changeIfIt = <T extends Playlist | null>(list: T) => (list?.id === id ? change(list) : list);
    return {
      ...library,
      playlists: library.playlists.map(changeIfIt),
      unlisted: library.unlisted.map(changeIfIt),
    };
  };
}

/** One playlist less in the listing, or one that was dropped comes first again; few are dropped at a time. */
function followOrUnfollow(library: Library, _addedAt: string, random: Random): Library {
  const { playlists, unlisted } = library;
  const [dropped, ...others] = unlisted;
  if (dropped && (others.length > 1 || random.chance(0.5)))
    return { ...library, playlists: [dropped, ...playlists], unlisted: others };
  const gone = random.pick(playlists.filter((list) => list !== null));
  return { ...library, playlists: playlists.filter((list) => list !== gone), unlisted: [...unlisted, gone] };
}

function changeSavedTracks(library: Library, addedAt: string, random: Random): Library {
  const track = random.pick(library.catalogue);
  const known = library.saved.some((entry) => entry.track === track);
  return { ...library, saved: moreOrLess(library.saved, known ? undefined : { addedAt, track }, random) };
}

function changeSavedAlbums(library: Library, addedAt: string, random: Random): Library {
  const album = random.pick(albumsOf(library.catalogue));
  const known = library.savedAlbums.some((entry) => entry?.album === album);
  const fresh = known ? undefined : { addedAt, album };
  return { ...library, savedAlbums: moreOrLess(library.savedAlbums, fresh, random) };
}

function changeFollowed(library: Library, _addedAt: string, random: Random): Library {
  const artist = random.pick(artistsOf(library.catalogue));
  const fresh = library.followed.includes(artist) ? undefined : artist;
  return { ...library, followed: moreOrLess(library.followed, fresh, random).sort(byId) };
}

/** One entry more at the front, or one less anywhere. */
function moreOrLess<T>(list: T[], fresh: T | undefined, random: Random): T[] {
  const gone = random.int(0, list.length - 1);
  if (fresh !== undefined && (list.length === 0 || random.chance(0.5))) return [fresh, ...list];
  return list.filter((_, place) => place !== gone);
}
