import { listenerStreams, utcDay } from "../../raw/format";
import { containerKey } from "../../state/extractState";
import { readArtistDetails } from "./artistDetails";
import { readInOrder, type Candidate } from "./readQueue";
import { readCatalogue } from "./catalogue";
import { closePending, closeReads } from "./closeReads";
import { readFollowedArtists } from "./followedArtists";
import { readLibrary } from "./library";
import { readOwn } from "./dailyRead";
import { readPlaylist } from "./playlist";
import { playlistCandidates } from "./playlistItems";
import { readPlaylists, type Listing } from "./playlists";
import { readProfile } from "./profile";
import { readRecentlyPlayed } from "./recentlyPlayed";
import { attempt, settle, type ListenerRun } from "./listenerRun";
import { skip } from "./skips";
import { readTopItems } from "./topItems";
import type { PendingRead } from "../../state/extractState";

/**
 * Reads a listener's sources in the order in which calls are spent: what is soon gone; the listings, which close what
 * the last run left pending and say what has changed; then what has changed, which may be large; then what the settings
 * name; then what any of these told of. Each step ends a turn, after which another listener may go on.
 */
export async function* readSources(
  run: ListenerRun,
  sources: string[],
  isSignedIn: boolean,
): AsyncGenerator<void, void> {
  const streams = sources.filter((source) => listenerStreams.includes(source));
  if (isSignedIn) yield* readStreams(run, streams);
  else skipStreams(run, streams);
  for (const source of sources.filter((one) => one.includes(":"))) {
    const [, playlist] = /^playlist:(.*)$/.exec(source) ?? [];
    await attempt(run, () =>
      playlist === undefined ? readCatalogue(run, source) : readPlaylist(run, playlist),
    );
    yield;
  }
  const { artists } = run;
  if (artists && sources.includes("artist_details")) yield* readArtistDetails(run, artists);
}

async function* readStreams(run: ListenerRun, streams: string[]): AsyncGenerator<void, void> {
  const own = async <T>(stream: string, read: () => Promise<T>): Promise<T | undefined> =>
    streams.includes(stream) ? attempt(run, () => readOwn(run, stream, read)) : undefined;
  await own("recently_played", () => readRecentlyPlayed(run));
  yield;

  const wantsItems = streams.includes("playlist_items");
  const wantsListing = wantsItems || streams.includes("playlists");
  const wantsProfile = wantsListing || streams.includes("profile");
  const userId = wantsProfile ? await readOwn(run, "profile", () => readProfile(run)) : undefined;
  const listing = wantsListing
    ? await readOwn(run, "playlists", () => readPlaylists(run, userId))
    : undefined;
  if (listing) await closePending(run, listing);
  const large: Candidate[] = [];
  for (const stream of ["saved_tracks", "saved_albums"] as const) {
    const rest = await own(stream, () => readLibrary(run, stream));
    const key = containerKey(stream, stream);
    if (rest) large.push({ ...rest, key, read: async () => void (await own(stream, rest.read)) });
  }
  await own("top_items", () => readTopItems(run));
  await own("followed_artists", () => readFollowedArtists(run));
  await settle(run);

  const reads: PendingRead[] = [];
  if (listing && wantsItems) large.push(...playlistCandidates(run, listing, reads));
  run.kept[run.listener] = closingCalls(listing, large);
  yield;

  yield* readInOrder(run, large);
  if (listing) await closeReads(run, reads, listing, userId);
}

/** Calls that a last look at the listing takes, if playlists may be read. */
function closingCalls(listing: Listing | undefined, candidates: Candidate[]): number {
  const anyPlaylist = candidates.some(({ key }) => key.startsWith("playlist_items/"));
  return listing && anyPlaylist ? listing.pages.length : 0;
}

/** An app that signs in as itself sees no listener's data. */
function skipStreams(run: ListenerRun, streams: string[]): void {
  const why = {
    reason: "sign_in_missing",
    http_status: null,
    message: "This stream needs a listener's sign-in: run npx spotify-lake login.",
    until: null,
  };
  for (const stream of streams)
    skip(run, { stream, day: utcDay(run.now()), container: stream, name: null }, why);
}
