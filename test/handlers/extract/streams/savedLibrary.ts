import { world, type World } from "../../../support/extractWorld";
import { library, savedTracks } from "../../../support/libraries";

/** Worlds in which only a listener's saved tracks, or albums, are read. */
export function savedLibrary(stream: "saved_tracks" | "saved_albums", shelf: "saved" | "savedAlbums") {
  /** A world in which `names` are saved and have been read; only the library is read. */
  async function known(names: string[]): Promise<World> {
    const one = fresh(names);
    await one.run();
    one.spotify.calls.length = 0;
    return one;
  }

  function fresh(names: string[]): World {
    const one = world(library({ [shelf]: savedTracks(names) }));
    one.settings.sources = [stream];
    return one;
  }

  let saves = 0;

  /** Saves a track: on top, with a time of its own. */
  function save(one: World, id: string): void {
    saves += 1;
    one.library[shelf].unshift({
      id,
      addedAt: new Date(Date.parse("2026-11-21T00:00:00Z") + saves * 1000).toISOString(),
    });
  }

  return { known, fresh, save };
}

/** The offsets of the calls. */
export const offsets = (one: World) => one.spotify.calls.map(({ offset }) => offset);

/** The newest read in raw. */
export const lastRead = (one: World) => one.raw().reads.at(-1)!;
