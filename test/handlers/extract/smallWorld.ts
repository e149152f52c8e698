import { world as worldOf, type World } from "../../support/extractWorld";
import type { FakeLibrary } from "../../support/fakeSpotify";
import { ids, library, playlist, savedTracks } from "../../support/libraries";

/** A library of three playlists that can be read and two pages of saved tracks. */
export const small = () =>
  library({
    playlists: [playlist("big", ids("b", 120)), null, playlist("little", ids("l", 3)), playlist("empty", [])],
    saved: savedTracks(ids("s", 60)),
  });

/** A world in which lists that change with their versions are read: few calls, so that each can be told by its number. */
export function world(shelf: FakeLibrary): World {
  const one = worldOf(shelf);
  one.settings.sources = ["profile", "playlists", "playlist_items", "saved_tracks"];
  return one;
}

/** Paths of the calls since `from`, without /v1. */
export const paths = ({ spotify }: World, from = 0) =>
  spotify.calls.slice(from).map(({ path }) => path.slice(4));
