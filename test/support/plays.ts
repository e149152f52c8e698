import { uriOf } from "../../simulator/model";
import type { Listening, Play } from "../../simulator/plays";
import { hourMs } from "../../simulator/times";

/** What a lake says of a listener's plays. */
export interface KnownPlays {
  /** The plays that it holds, as {@link playName} names them. */
  held: Set<string>;
  /** Between these times (ms UTC) plays may be missing. */
  gaps: [from: number, to: number][];
}

/** What Spotify did with the plays. */
export interface ReportedPlays {
  listening: Listening;
  /** Plays that Spotify returned, each with when (ms UTC) it first did. */
  returnedAt: Map<Play, number>;
  /** ms UTC */
  now: number;
}

export function playName({ playedAt, track }: Pick<Play, "playedAt" | "track">): string {
  return `${playedAt} ${uriOf(track)}`;
}

/**
 * Returns plays that are neither held nor in a gap, though they should be: those that Spotify returned, and those that it
 * would have reported in time. Two kinds of plays can be lost without a gap. A play that is reported late appears when
 * plays after it are known, so no gap reaches back to it: it is lost after fifty later ones, or with the process that has
 * read it. The others are those of a process that died during the very first read; `isWhole` says that none died.
 */
export function missingPlays(
  { held, gaps }: KnownPlays,
  { listening, returnedAt, now }: ReportedPlays,
  isWhole: boolean,
): { returned: Play[]; visible: Play[] } {
  const all = [...returnedAt.keys()];
  const known = all.filter((play) => held.has(playName(play)));
  const first = Math.min(...known.map(({ playedAt }) => playedAt));
  const isAccountedFor = (play: Play) =>
    held.has(playName(play)) || gaps.some(([from, to]) => play.playedAt > from && play.playedAt < to);
  const isLate = (play: Play) =>
    known.some((other) => returnedAt.get(other)! < play.visibleAt! && other.playedAt > play.playedAt);
  const isMissing = (play: Play) => !isAccountedFor(play) && !isLate(play);
  const inTime = ({ visibleAt }: Play) => visibleAt !== null && visibleAt <= now - hourMs;
  return {
    returned: all.filter(({ playedAt }) => isWhole || playedAt > first).filter(isMissing),
    visible: listening.between(first, now).filter(inTime).filter(isMissing),
  };
}
