import { utcDay } from "../../raw/format";
import { isListenerStream, streams, type ListenerStream } from "../../../schemas/streams";
import { containerKey } from "../../state/extractState";
import { checkAccount } from "./account";
import { readArtistDetails } from "./artistDetails";
import { readInOrder, type Candidate, type LargeRead } from "./readQueue";
import { readPublicSource } from "./publicSource";
import { closePending, closeReads, type OwnListing } from "./closeReads";
import { readFollowedArtists } from "./followedArtists";
import { readLibrary } from "./library";
import { readPlaylist } from "./playlist";
import { playlistCandidates } from "./playlistItems";
import { readPlaylists } from "./playlists";
import { readPodcasts } from "./podcasts";
import { readProfile } from "./profile";
import { readRecentlyPlayed } from "./recentlyPlayed";
import { flushAndCheckpoint, tolerateFailure, type ListenerRun } from "./listenerRun";
import { readOrSkip } from "./refusals";
import { skip } from "./skips";
import { readTopItems } from "./topItems";

/**
 * Reads a listener's sources in the order in which calls are to be spent: plays, which Spotify soon drops; listings,
 * which say what has changed; what has changed, which may be large; public sources; the artists found in any of these.
 * Each step ends a turn, after which another listener may continue.
 */
export async function* readSources(run: ListenerRun, sources: string[]): AsyncGenerator<void, void> {
  const own = sources.filter(isListenerStream);
  if (run.signIn !== undefined) yield* readStreams(run, own);
  else skipStreams(run, own);
  for (const source of sources.filter((one) => one.includes(":"))) {
    const [, playlist] = /^playlist:(.*)$/.exec(source) ?? [];
    await tolerateFailure(run, () =>
      playlist === undefined ? readPublicSource(run, source) : readPlaylist(run, playlist),
    );
    yield;
  }
  const { artists } = run;
  if (artists && sources.includes("artist_details")) yield* readArtistDetails(run, artists);
}

/** Streams that are read together: the profile says whose a playlist is, the list whether it has changed. */
type PlaylistStream = "profile" | "playlists" | "playlist_items";

/** Reads a stream; a part of it that may be large is returned, to be read in its turn. */
type StreamReader = (run: ListenerRun) => Promise<LargeRead | undefined>;

/** How each of the other streams is read; top items are several containers, each of which may fail. */
const readers: Record<Exclude<ListenerStream, PlaylistStream>, StreamReader> = {
  recently_played: async (run) => void (await tolerateFailure(run, () => readRecentlyPlayed(run))),
  saved_tracks: (run) => tolerateFailure(run, () => readLibrary(run, "saved_tracks")),
  saved_albums: (run) => tolerateFailure(run, () => readLibrary(run, "saved_albums")),
  top_items: async (run) => void (await readTopItems(run)),
  followed_artists: async (run) => void (await tolerateFailure(run, () => readFollowedArtists(run))),
  saved_shows: async (run) => void (await tolerateFailure(run, () => readPodcasts(run, "saved_shows"))),
  saved_episodes: async (run) => void (await tolerateFailure(run, () => readPodcasts(run, "saved_episodes"))),
  saved_audiobooks: async (run) =>
    void (await tolerateFailure(run, () => readPodcasts(run, "saved_audiobooks"))),
};

async function* readStreams(run: ListenerRun, wanted: ListenerStream[]): AsyncGenerator<void, void> {
  if (wanted.length > 0) await checkAccount(run);
  const others = wanted.filter((stream): stream is keyof typeof readers => stream in readers);
  const recent = others.filter((stream) => streams[stream].reading === "recent");
  await readEach(run, recent);
  yield;

  const playlists = await readListing(run, wanted);
  const lasting = others.filter((stream) => !recent.includes(stream));
  const large = await readEach(run, lasting);
  await flushAndCheckpoint(run);
  if (playlists && wanted.includes("playlist_items")) {
    const candidates = playlistCandidates(run, playlists.listing);
    // For reading the list once more, which makes what was read visible.
    if (candidates.length > 0) run.budget.reserve(run.listener, playlists.listing.pages.length);
    large.push(...candidates);
  }
  yield;

  const reads = yield* readInOrder(run, large);
  // What it cannot close now, the next run does.
  if (playlists) await tolerateFailure(run, () => closeReads(run, reads, playlists));
}

/** Reads streams one after the other, and returns their parts that may be large. */
async function readEach(run: ListenerRun, streams: (keyof typeof readers)[]): Promise<Candidate[]> {
  const large: Candidate[] = [];
  for (const stream of streams) {
    const rest = await readOrSkip(run, stream, () => readers[stream](run));
    if (!rest) continue;
    const read = () => readTolerantly(run, stream, rest.read);
    large.push({ ...rest, key: containerKey(stream, stream), read });
  }
  return large;
}

/** Reads a stream that is one container. */
function readTolerantly<T>(
  run: ListenerRun,
  stream: ListenerStream,
  read: () => Promise<T>,
): Promise<T | undefined> {
  return readOrSkip(run, stream, () => tolerateFailure(run, read));
}

/** Reads the profile and the list of playlists, and closes what the last run left pending; returns the list, if any. */
async function readListing(run: ListenerRun, wanted: ListenerStream[]): Promise<OwnListing | undefined> {
  const wantsListing = wanted.includes("playlist_items") || wanted.includes("playlists");
  if (!wantsListing && !wanted.includes("profile")) return undefined;
  const userId = await readTolerantly(run, "profile", () => readProfile(run));
  if (!wantsListing) return undefined;
  const listing = await readTolerantly(run, "playlists", () => readPlaylists(run, userId));
  if (!listing) return undefined;
  await closePending(run, listing);
  return { listing, userId };
}

/** An app that signs in as itself sees no listener's data. */
function skipStreams(run: ListenerRun, own: ListenerStream[]): void {
  const why = {
    reason: "sign_in_missing",
    http_status: null,
    message: "This stream needs a listener's sign-in: run npx spotify-lake login.",
    until: null,
  };
  for (const stream of own) skip(run, { stream, day: utcDay(run.now()), container: stream, name: null }, why);
}
