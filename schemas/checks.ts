/** A check of a cell, beside its type: plain data, from which transform makes row checks (docs/quality.md). */
export type Check =
  | { rule: "range"; from: number; to?: number }
  | { rule: "positive" }
  | { rule: "pattern"; pattern: string }
  | { rule: "allowed"; values: string[] }
  /** A time is not later than `fetched_at` by more than the rule's threshold. */
  | { rule: "not_in_future" };

/** Requires a number from `from` to `to`, both included; without `to` there is no upper bound. */
export function range(from: number, to?: number): Check {
  return { rule: "range", from, ...(to !== undefined && { to }) };
}

/** Requires a number above 0. */
export function positive(): Check {
  return { rule: "positive" };
}

/** Requires a text that matches this regular expression. */
export function pattern(source: string): Check {
  return { rule: "pattern", pattern: source };
}

/** Requires one of these texts. */
export function allowed(...values: string[]): Check {
  return { rule: "allowed", values };
}

/** Requires a time that is not after the answer. */
export function notInFuture(): Check {
  return { rule: "not_in_future" };
}

/**
 * Requires an id of a playlist, track, album, artist or episode. They are base 62, unlike user ids:
 * https://developer.spotify.com/documentation/web-api/concepts/spotify-uris-ids
 */
export function spotifyId(): Check {
  return pattern("^[0-9A-Za-z]+$");
}

/** Requires a Spotify URI of one of these kinds. */
export function spotifyUri(...kinds: string[]): Check {
  return pattern(`^spotify:(${kinds.join("|")}):`);
}

/** Requires a popularity as Spotify defines it. */
export function popularity(): Check {
  return range(0, 100);
}
