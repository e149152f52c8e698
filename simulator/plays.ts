/** What the listener heard, and what of it Spotify tells at a moment. Times in ms since 1970 UTC. */
import { dayMs } from "./times";
import type { Track } from "./model";

/** From where a track was played; `id` is the listener's for their collection of saved tracks. */
export interface PlayContext {
  type: "album" | "artist" | "collection" | "playlist";
  id: string;
}

export interface Play {
  track: Track;
  startedAt: number;
  /** How long it was heard, at least half a minute: Spotify counts no shorter play. */
  msPlayed: number;
  /** What Spotify gives as the time of the play: its beginning or its end. Unique. */
  playedAt: number;
  /** Null where Spotify does not know it. */
  context: PlayContext | null;
  /** From when on Spotify reports the play, never before its end; null: never, as in a private session. */
  visibleAt: number | null;
}

/** A listener's plays, the truth of them. */
export interface Listening {
  /** The plays with `from` <= playedAt < `to`, oldest first, those included that Spotify tells late or never. */
  between(from: number, to: number): Play[];
}

/** Someone who never plays anything. */
export const silence: Listening = { between: () => [] };

/** How many plays Spotify remembers. */
const rememberedPlays = 50;

/** A listener who paused for longer looks like one who never listened. */
const longestPauseDays = 64;

/** What Spotify remembers at `now`: of the plays visible by then the 50 with the greatest playedAt, newest first. */
export function recentPlays(listening: Listening, now: number): Play[] {
  for (let days = 2; ; days *= 2) {
    const visible = listening.between(now - days * dayMs, now + 1).filter((play) => isVisible(play, now));
    if (visible.length >= rememberedPlays || days >= longestPauseDays)
      return visible.slice(-rememberedPlays).reverse();
  }
}

/** Whether Spotify reports a play at `now`. */
export function isVisible({ visibleAt }: Play, now: number): boolean {
  return visibleAt !== null && visibleAt <= now;
}
