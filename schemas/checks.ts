/** What a cell must be, beside its type: plain data, from which transform makes the row checks (docs/quality.md). */
export type Check =
  | { rule: "range"; from: number; to?: number }
  | { rule: "positive" }
  | { rule: "pattern"; pattern: string }
  | { rule: "allowed"; values: string[] }
  /** A time that cannot lie after the answer it stands in: later than `fetched_at` by more than the rule's threshold. */
  | { rule: "not_late" };

/** A number from `from` to `to`, both included; without `to`, however great. */
export function range(from: number, to?: number): Check {
  return { rule: "range", from, ...(to !== undefined && { to }) };
}

/** A number above 0. */
export function positive(): Check {
  return { rule: "positive" };
}

/** A text that this regular expression matches. */
export function pattern(source: string): Check {
  return { rule: "pattern", pattern: source };
}

/** One of these texts. */
export function allowed(...values: string[]): Check {
  return { rule: "allowed", values };
}

/** A time that is not after the answer. */
export function notLate(): Check {
  return { rule: "not_late" };
}

/**
 * An id of a playlist, track, album, artist or episode: base 62, by
 * https://developer.spotify.com/documentation/web-api/concepts/spotify-uris-ids (user ids may be anything).
 */
export function spotifyId(): Check {
  return pattern("^[0-9A-Za-z]+$");
}

/** A Spotify URI of one of these kinds. */
export function spotifyUri(...kinds: string[]): Check {
  return pattern(`^spotify:(${kinds.join("|")}):`);
}

/** Spotify's popularity. */
export function popularity(): Check {
  return range(0, 100);
}
