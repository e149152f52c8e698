import { number } from "./format";
import { numberIn, rowsOf, textIn, type State } from "./state";

/** Returns what to call a playlist, by its id: its title; where several have the same, how long it is, too. */
export function playlistNames(state: State): (id: string) => string {
  const playlists = new Map<string, { title: string; items: number }>();
  // The summary has those that are there now, as they are now.
  for (const query of ["playlist_growth", "playlist_summary"])
    for (const row of rowsOf(state, query))
      playlists.set(textIn(row, "playlist_id"), {
        title: textIn(row, "playlist_name") || "(without a title)",
        items: numberIn(row, "items"),
      });
  const longer = apart(
    [...playlists],
    ({ title }) => title,
    ({ items }) => number(items),
  );
  let place = 0;
  const names = new Map(
    apart(
      [...longer],
      (name) => name,
      () => `no. ${(place += 1)}`,
    ),
  );
  return (id) => names.get(id) ?? id;
}

/** Names each thing, and adds in brackets what tells it apart where a name is not its own. */
function apart<T>(
  things: [id: string, thing: T][],
  name: (thing: T) => string,
  difference: (thing: T) => string,
): [id: string, name: string][] {
  const counts = new Map<string, number>();
  for (const [, thing] of things) counts.set(name(thing), (counts.get(name(thing)) ?? 0) + 1);
  return things.map(([id, thing]) => {
    const isOwn = counts.get(name(thing)) === 1;
    return [id, isOwn ? name(thing) : `${name(thing)} (${difference(thing)})`];
  });
}
