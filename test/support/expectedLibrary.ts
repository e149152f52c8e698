import {
  uriOf,
  type Album,
  type Entry,
  type Library,
  type Playlist,
  type Track,
} from "../../simulator/model";
import type { Play } from "../../simulator/plays";
import type { LivedLake } from "./livedLake";
import { daysBetween, localTime } from "./localTime";
import { readablePlaylists } from "../../simulator/library";
import { byText, groupBy, shown, sum } from "./truth";

/** An entry of a playlist at its place. */
interface Placed {
  playlist: Playlist;
  /** The playlist's title, as rows hold it. */
  title: string;
  place: number;
  entry: Entry | null;
}

/** Returns what named queries should answer of the lists, computed from the library and its days themselves. */
export function expectedLibrary({ days, plays }: LivedLake, timezone: string, asOf: string) {
  const { library } = days.at(-1)!;
  const time = (text: string | null | undefined) => {
    const ms = Date.parse(text ?? "") || null;
    return ms === null ? null : localTime(ms, timezone);
  };
  const placed: Placed[] = readablePlaylists(library)
    .flatMap((playlist) =>
      playlist.entries.map((entry, at) => ({ playlist, title: shown(playlist.name), place: at + 1, entry })),
    )
    .sort((a, b) => byText(a.title, b.title) || byText(a.playlist.id, b.playlist.id) || a.place - b.place);
  const trackOf = (entry: Entry | null) => (entry?.item?.kind === "track" ? entry.item : undefined);
  const saved = library.saved.flatMap(({ track, addedAt }) =>
    track.kind === "track" ? [{ track, addedOn: time(addedAt)!.day }] : [],
  );
  const kept = keptTracks(library);
  const share = (part: number, whole: number) => Math.round((part / whole) * 1000) / 1000;

  return {
    playlist_contents: placed.map(({ title, place, entry }) => [
      ...["me", title, place, ...namesOf(entry), time(entry?.addedAt)?.text ?? null],
      entry?.item?.kind ?? "unavailable",
    ]),
    unavailable_and_local: placed
      .filter(({ entry }) => !entry?.item || entry.item.kind === "local")
      .map(({ title, place, entry }) => {
        const [name, artist] = namesOf(entry);
        const kind = entry?.item ? "local" : "unavailable";
        return ["me", title, place, kind, name, artist, time(entry?.addedAt)?.text ?? null];
      }),
    playlist_summary: [...groupBy(placed, ({ playlist }) => playlist.id).values()]
      .map((all) => {
        const kinds = (kind?: string) => all.filter(({ entry }) => entry?.item?.kind === kind).length;
        const lengths = all.map(({ entry }) => entry?.item?.durationMs ?? 0);
        const artists = new Set(all.map(({ entry }) => namesOf(entry)[1]).filter((name) => name !== null));
        const newest = all
          .map(({ entry }) => Date.parse(entry?.addedAt ?? "") || 0)
          .sort((a, b) => b - a)[0]!;
        return [
          ...["me", all[0]!.title, all.length, Math.floor(sum(lengths) / 60_000), artists.size],
          ...[kinds("episode"), kinds("local"), kinds(undefined)],
          newest ? localTime(newest, timezone).day : null,
          all[0]!.playlist.id,
        ];
      })
      .sort((a, b) => (b[2] as number) - (a[2] as number)),
    duplicates_in_playlists: [
      ...groupBy(
        placed.filter(({ entry }) => entry?.item),
        ({ playlist, entry }) => `${playlist.id} ${uriOf(entry!.item!)}`,
      ).values(),
    ]
      .filter(({ length }) => length > 1)
      .map((all) => {
        const [name, artist] = namesOf(all[0]!.entry);
        return ["me", all[0]!.title, name, artist, all.length, all[0]!.place, all.at(-1)!.place];
      })
      .sort((a, b) => (b[4] as number) - (a[4] as number)),
    playlist_overlap: overlaps(
      readablePlaylists(library).map((list) => [
        list,
        new Set(list.entries.flatMap((entry) => trackOf(entry)?.id ?? [])),
      ]),
    ),
    saved_per_month: [...groupBy(library.saved, ({ addedAt }) => time(addedAt)!.day.slice(0, 7))]
      .map(([month, some]) => {
        const artists = new Set(
          some.map(({ track }) => namesOf({ addedAt: null, addedBy: null, item: track })[1]),
        );
        return ["me", `${month}-01`, some.length, artists.size];
      })
      .sort((a, b) => byText(String(a[1]), String(b[1]))),
    explicit_share: [
      { id: "", title: "Saved tracks", tracks: saved.map(({ track }) => track) },
      ...[...groupBy(placed, ({ playlist }) => playlist.id)].map(([id, all]) => ({
        ...{ id, title: all[0]!.title, tracks: all.flatMap(({ entry }) => trackOf(entry) ?? []) },
      })),
    ]
      .filter(({ tracks }) => tracks.length > 0)
      .map(({ id, title, tracks }) => {
        const explicit = tracks.filter((track) => track.explicit).length;
        return { id, row: ["me", title, tracks.length, explicit, share(explicit, tracks.length)] as const };
      })
      .sort(
        ({ id, row: a }, { id: other, row: b }) =>
          b[4] - a[4] || b[2] - a[2] || byText(a[1], b[1]) || byText(id, other),
      )
      .map(({ row }) => [...row]),
    longest_and_shortest: [
      ...extremes("longest", kept, (a, b) => b.durationMs - a.durationMs),
      ...extremes("shortest", kept, (a, b) => a.durationMs - b.durationMs),
    ],
    release_decades: [...groupBy(kept, ({ album }) => String(decadeOf(album)))]
      .map(([decade, tracks]) => {
        const years = tracks.flatMap(({ album }) => yearOf(album) ?? []).sort((a, b) => a - b);
        const known = decade === "null" ? null : Number(decade);
        return [
          "me",
          known,
          tracks.length,
          share(tracks.length, kept.length),
          years[0] ?? null,
          years.at(-1) ?? null,
        ];
      })
      .sort((a, b) => Number(a[1] ?? Infinity) - Number(b[1] ?? Infinity)),
    artist_pairs: pairsOf(kept),
    forgotten_favourites: saved
      .map((favourite) => ({ ...favourite, heard: playsOf(favourite.track, plays) }))
      .map(({ heard, ...rest }) => ({
        ...rest,
        heard: heard.map(({ playedAt }) => localTime(playedAt, timezone).day),
      }))
      .filter(({ addedOn, heard }) => daysBetween(addedOn, asOf) >= 180 && !heard.length)
      .sort(
        (a, b) =>
          byText(a.addedOn, b.addedOn) ||
          byText(shown(a.track.name), shown(b.track.name)) ||
          byText(uriOf(a.track), uriOf(b.track)),
      )
      .map(({ track, addedOn }) => [
        "me",
        shown(track.name),
        shown(track.artists[0]!.name),
        addedOn,
        null,
        0,
      ]),
  };
}

/** Returns title, artist, album or show, and length of an entry, as rows hold them. */
function namesOf(entry: Entry | null): (string | null)[] {
  const item = entry?.item;
  if (!item) return [null, null, null, null];
  const seconds = Math.floor(item.durationMs / 1000);
  const length = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const texts = {
    track: () => [item.name, firstArtist(item as Track), (item as Track).album?.name],
    episode: () => [item.name, undefined, (item as { show: { name: string } }).show.name],
    local: () => [
      item.name,
      (item as { artistName: string }).artistName,
      (item as { albumName: string }).albumName,
    ],
  };
  return [...texts[item.kind]().map((text) => (text === undefined ? null : shown(text))), length];
}

function firstArtist({ artists }: Track): string | undefined {
  return artists[0]?.name;
}

/** Returns every track that is saved or in a readable playlist, once. */
function keptTracks(library: Library): Track[] {
  const items = [
    ...library.saved.map(({ track }) => track),
    ...readablePlaylists(library).flatMap(({ entries }) => entries.map((entry) => entry?.item)),
  ];
  const tracks = items.filter((item) => item?.kind === "track");
  return [...new Map(tracks.map((track) => [track.id, track])).values()];
}

/** Returns the year of a real release date; null for 0000 and for none. */
function yearOf(album: Album | null): number | null {
  const text = album?.release.text ?? "";
  return /^[1-9]\d{3}(-\d\d){0,2}$/.test(text) ? Number(text.slice(0, 4)) : null;
}

function decadeOf(album: Album | null): number | null {
  const year = yearOf(album);
  return year === null ? null : Math.floor(year / 10) * 10;
}

/** Returns the first ten tracks in an order. */
function extremes(extreme: string, tracks: Track[], order: (a: Track, b: Track) => number): unknown[][] {
  return [...tracks]
    .sort((a, b) => order(a, b) || byText(a.id, b.id))
    .slice(0, 10)
    .map((track, index) => {
      const [name, artist, , length] = namesOf({ addedAt: null, addedBy: null, item: track });
      return ["me", extreme, index + 1, name, artist, length];
    });
}

/** Returns each two playlists that share tracks, those that share most first. */
function overlaps(lists: [Playlist, Set<string>][]): unknown[][] {
  const ordered = [...lists].sort(([a], [b]) => byText(a.id, b.id));
  return ordered
    .flatMap(([one, tracks], index) =>
      ordered.slice(index + 1).map(([other, others]) => {
        const shared = [...tracks].filter((id) => others.has(id)).length;
        const smaller = Math.min(tracks.size, others.size);
        return [
          shown(one.name),
          shown(other.name),
          shared,
          Math.round((shared / smaller) * 1000) / 1000,
          one.id,
          other.id,
        ] as const;
      }),
    )
    .filter(([, , shared]) => shared > 0)
    .sort((a, b) => b[2] - a[2] || b[3] - a[3])
    .slice(0, 50)
    .map((row, index) => ["me", index + 1, ...row]);
}

/** Returns each two artists that tracks credit together, those with most tracks first. */
function pairsOf(tracks: Track[]): unknown[][] {
  const pairs = tracks.flatMap((track) => {
    const artists = [...track.artists].sort((a, b) => byText(a.id, b.id));
    return artists.flatMap((one, index) => artists.slice(index + 1).map((other) => ({ track, one, other })));
  });
  return [...groupBy(pairs, ({ one, other }) => `${one.id} ${other.id}`)]
    .map(([ids, some]) => {
      const names = [shown(some[0]!.one.name), shown(some[0]!.other.name)] as const;
      const titles = some.map(({ track }) => shown(track.name)).sort(byText);
      return { ids, names, titles };
    })
    .sort(
      (a, b) =>
        b.titles.length - a.titles.length ||
        byText(a.names[0], b.names[0]) ||
        byText(a.names[1], b.names[1]) ||
        byText(a.ids, b.ids),
    )
    .slice(0, 50)
    .map(({ names, titles }, index) => ["me", index + 1, ...names, titles.length, titles[0]]);
}

/** Returns the plays of a track, and of others with its title and first artist. */
function playsOf(favourite: Track, plays: Play[]): Play[] {
  const title = (track: Track) => JSON.stringify([shown(firstArtist(track)!), shown(track.name)]);
  return plays.filter(({ track }) => track.id === favourite.id || title(track) === title(favourite));
}

/**
 * Returns what came into playlists and left them from one day to the next: playlist, added or removed, URI, when it was
 * added (ms), and when the read was done. Copies of an entry are counted.
 */
export function expectedChanges(days: LivedLake["days"]): unknown[][] {
  const known = new Map<string, string[]>();
  return days.flatMap(({ readAt, library }) =>
    readablePlaylists(library).flatMap(({ id, entries }) => {
      const now = entries.flatMap((entry) =>
        entry?.item ? JSON.stringify([uriOf(entry.item), Date.parse(entry.addedAt ?? "") || null]) : [],
      );
      const before = known.get(id);
      known.set(id, now);
      const row = (change: string) => (entry: string) => [
        id,
        change,
        ...(JSON.parse(entry) as unknown[]),
        readAt,
      ];
      if (!before) return [];
      return [...without(now, before).map(row("added")), ...without(before, now).map(row("removed"))];
    }),
  );
}

/** Returns what is left of a list when each thing of `others` is taken out once. */
function without(list: string[], others: string[]): string[] {
  const left = [...others];
  return list.filter((thing) => {
    const at = left.indexOf(thing);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
