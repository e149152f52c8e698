import { uriOf } from "../../simulator/model";
import type { Listening, Play } from "../../simulator/plays";
import { hourMs } from "./truthWorld";

/** What a lake says of a listener's plays. */
export interface KnownPlays {
  /** The plays that it holds, as {@link playName} names them. */
  held: Set<string>;
  /** From when to when (ms UTC) plays may be missing. */
  gaps: [from: number, to: number][];
}

/** What Spotify did with the plays. */
export interface ToldPlays {
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
 * Plays that are neither held nor in a gap, though they should be: all that Spotify returned, and all that it would have
 * told of in time. Two kinds can leave no trace. One that is told late turns up when plays after it are known, so no gap
 * reaches back to it: fifty later ones, or the end of the process that had it in hand, lose it. And what a process had
 * that died at the first reading of all; `isWhole` says that none died.
 */
export function missingPlays(
  { held, gaps }: KnownPlays,
  { listening, returnedAt, now }: ToldPlays,
  isWhole: boolean,
): { returned: Play[]; visible: Play[] } {
  const all = [...returnedAt.keys()];
  const known = all.filter((play) => held.has(playName(play)));
  const first = Math.min(...known.map(({ playedAt }) => playedAt));
  const isToldOf = (play: Play) =>
    held.has(playName(play)) || gaps.some(([from, to]) => play.playedAt > from && play.playedAt < to);
  const isLate = (play: Play) =>
    known.some((other) => returnedAt.get(other)! < play.visibleAt! && other.playedAt > play.playedAt);
  const isMissing = (play: Play) => !isToldOf(play) && !isLate(play);
  const inTime = ({ visibleAt }: Play) => visibleAt !== null && visibleAt <= now - hourMs;
  return {
    returned: all.filter(({ playedAt }) => isWhole || playedAt > first).filter(isMissing),
    visible: listening.between(first, now).filter(inTime).filter(isMissing),
  };
}
