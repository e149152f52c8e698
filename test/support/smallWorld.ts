import { world, type World } from "./extractWorld";
import type { FakeLibrary } from "./fakeSpotify";
import { ids, library, playlist, savedTracks } from "./libraries";

/** Three playlists of different sizes beside a hidden one, and 60 saved tracks. */
export const small = () =>
  library({
    playlists: [playlist("big", ids("b", 120)), null, playlist("little", ids("l", 3)), playlist("empty", [])],
    saved: savedTracks(ids("s", 60)),
  });

/** A world in which only lists that change with their versions are read: few calls, each known by its number. */
export function versionedWorld(shelf: FakeLibrary): World {
  const one = world(shelf);
  one.settings.sources = ["profile", "playlists", "playlist_items", "saved_tracks"];
  return one;
}

/** Paths of the calls since `from`, without /v1. */
export const paths = ({ spotify }: World, from = 0) =>
  spotify.calls.slice(from).map(({ path }) => path.slice(4));
