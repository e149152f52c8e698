import { genresOf } from "../../simulator/genres";
import { uriOf } from "../../simulator/model";
import type { Play } from "../../simulator/plays";
import { daysBetween, localTime } from "./localTime";
import { byText, groupBy, shown, sum } from "./truth";

/** Returns what named queries should answer of a listener's plays, computed from the plays themselves. */
export function expectedListening(plays: Play[], timezone: string, asOf: string) {
  const heard = plays.map((play) => ({
    ...play,
    ...localTime(play.playedAt, timezone),
    uri: uriOf(play.track),
  }));
  type Heard = (typeof heard)[number];
  const within = (days: number) =>
    heard.filter(({ day }) => daysBetween(day, asOf) >= 0 && daysBetween(day, asOf) < days);
  const minutes = (some: Heard[]) => Math.floor(sum(some.map(({ track }) => track.durationMs)) / 60_000);
  const distinct = (some: Heard[], what: (play: Heard) => string) => new Set(some.map(what)).size;
  const days = groupBy(heard, ({ day }) => day);
  const firstDays = new Map([...heard].reverse().map(({ uri, day }) => [uri, day]));
  const firstArtistDays = new Map(
    [...heard].reverse().flatMap(({ track, day }) => track.artists.map(({ id }) => [id, day])),
  );
  const newOn = (firsts: Map<string, string>, part: string) =>
    [...firsts.values()].filter((day) => day.startsWith(part)).length;
  const meanOf = (day: string, what: (some: Heard[]) => number) => {
    const week = [...days].filter(([other]) => daysBetween(other, day) >= 0 && daysBetween(other, day) < 7);
    return Math.round((sum(week.map(([, some]) => what(some))) / 7) * 10) / 10;
  };
  /** Returns the first fifty, by plays, then by minutes, then by their names. */
  const placed = (groups: Map<string, Heard[]>, names: (key: string, some: Heard[]) => string[]) =>
    [...groups]
      .map(([key, some]) => ({ key, some, names: names(key, some) }))
      .sort(
        (a, b) =>
          b.some.length - a.some.length ||
          minutes(b.some) - minutes(a.some) ||
          byText(JSON.stringify(a.names), JSON.stringify(b.names)) ||
          byText(a.key, b.key),
      )
      .slice(0, 50)
      .map(({ some, ...rest }, index) => ({ place: index + 1, some, ...rest }));

  const artistName = (id: string, some: Heard[]) =>
    shown(some[0]!.track.artists.find((artist) => artist.id === id)!.name);
  const byArtist = groupBy(
    within(28).flatMap((play) => play.track.artists.map(({ id }) => [id, play] as const)),
    ([id]) => id,
  );
  const playsOfArtists = new Map([...byArtist].map(([id, pairs]) => [id, pairs.map(([, play]) => play)]));
  return {
    top_artists: placed(playsOfArtists, (id, some) => [artistName(id, some)]).map(
      ({ place, some, names }) => [
        ...["me", place, names[0], some.length, minutes(some)],
        ...[distinct(some, ({ uri }) => uri), some.at(-1)!.day],
      ],
    ),
    top_tracks_played: placed(
      groupBy(within(28), ({ uri }) => uri),
      () => [],
    ).map(({ place, some }) => [
      ...["me", place, shown(some[0]!.track.name), shown(some[0]!.track.artists[0]!.name)],
      ...[some.length, minutes(some), some[0]!.day, some.at(-1)!.day],
    ]),
    top_genres: placed(genrePlays(within(28)), (genre) => [genre]).map(({ place, key, some }) => [
      ...["me", place, key, some.length, minutes(some)],
      new Set(some.flatMap(({ track }) => artistsOf(track, key))).size,
      some.at(-1)!.day,
    ]),
    listening_by_hour: [...groupBy(within(365), ({ weekday, hour }) => `${weekday} ${hour}`).values()]
      .map((some) => ["me", some[0]!.weekday, some[0]!.hour, some.length, minutes(some)] as const)
      .sort((a, b) => a[1] - b[1] || a[2] - b[2]),
    listening_by_day: [...days].map(([day, some]) => [
      ...["me", day, some.length, minutes(some), distinct(some, ({ uri }) => uri), newOn(firstDays, day)],
      ...[meanOf(day, (some) => some.length), meanOf(day, minutes)],
    ]),
    discoveries_per_month: [...groupBy(heard, ({ day }) => day.slice(0, 7))].map(([month, some]) => {
      const fresh = newOn(firstDays, month);
      const share = Math.round((fresh / some.length) * 1000) / 1000;
      return ["me", `${month}-01`, fresh, newOn(firstArtistDays, month), some.length, share];
    }),
    listening_streaks: streaksOf([...days.keys()]).map((streak) => {
      const some = streak.map((day) => days.get(day)!);
      const total = [some.flat().length, sum(some.map(minutes))];
      return [
        "me",
        streak[0],
        streak.at(-1),
        streak.length,
        ...total,
        daysBetween(streak.at(-1)!, asOf) <= 1,
      ];
    }),
  };
}

/** Returns the plays of each genre that an artist of the track has. */
function genrePlays<T extends Play>(plays: T[]): Map<string, T[]> {
  const pairs = plays.flatMap((play) =>
    [...new Set(play.track.artists.flatMap(({ id }) => genresOf(id)))].map((genre) => [genre, play] as const),
  );
  const groups = groupBy(pairs, ([genre]) => genre);
  return new Map([...groups].map(([genre, some]) => [genre, some.map(([, play]) => play)]));
}

function artistsOf(track: Play["track"], genre: string): string[] {
  return track.artists.map(({ id }) => id).filter((id) => genresOf(id).includes(genre));
}

/** Returns days in a row, two at least, the longest first. */
function streaksOf(days: string[]): string[][] {
  const streaks: string[][] = [];
  for (const day of days) {
    const last = streaks.at(-1);
    if (last && daysBetween(last.at(-1)!, day) === 1) last.push(day);
    else streaks.push([day]);
  }
  return streaks.filter(({ length }) => length > 1).sort((a, b) => b.length - a.length);
}
