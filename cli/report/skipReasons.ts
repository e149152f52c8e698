const reasonWords: Record<string, string> = {
  not_owned: "owned by others, whose contents Spotify does not show (not_owned)",
  not_found: "that Spotify does not know any more (not_found)",
  not_returned: "named by Spotify but not returned (not_returned)",
  over_budget: "too large for a day's call budget (over_budget)",
  sign_in_missing: "that need a listener's sign-in (sign_in_missing)",
  missing_scope: "for which the sign-in has no permission (missing_scope)",
  null_entry: "that Spotify listed without content (null_entry)",
  removed_endpoint: "that Spotify refuses to this app (removed_endpoint)",
};

/** Returns what the reason of a skip means, as it stands after a number of things or the name of a stream. */
export function skipReason(reason: string): string {
  return reasonWords[reason] ?? reason;
}
