import {
  changeContainer,
  containerKey,
  keepContainers,
  listenerState,
  type ExtractState,
  type PendingRead,
} from "../../state/extractState";
import { fetchListing, writeListing, sameListing, type Listing } from "./playlists";
import { closeRead } from "./containerRead";
import { fitsOrPostpone, postpone, type ListenerRun } from "./listenerRun";
import { changedWhileRead } from "./pages";

const stream = "playlist_items";

/** A listener's list of playlists, and their user id at Spotify, if it is known. */
export interface OwnListing {
  listing: Listing;
  userId: string | undefined;
}

/**
 * Ends the reads that an earlier run left pending: a read becomes visible if its playlist still has that version, else
 * it is forgotten and made again. Forgets the checkpoints of playlists that left the list, too.
 */
export async function closePending(run: ListenerRun, listing: Listing): Promise<void> {
  const { listener } = run;
  const ids = listing.entries.map((entry) => entry.id);
  run.session.change((state) => keepContainers(state, listener, stream, ids));
  for (const { pending } of Object.values(listenerState(run.session.state(), listener).containers))
    if (pending?.header.stream === stream) await closeOrDiscard(run, pending, versionIn(listing, pending));
}

/**
 * Reads the list once more, and makes this run's reads visible if their playlists still have the versions that were
 * read. If no calls are left for it, the next run does it.
 */
export async function closeReads(
  run: ListenerRun,
  reads: PendingRead[],
  { listing, userId }: OwnListing,
): Promise<void> {
  run.budget.release(run.listener);
  if (reads.length === 0) return;
  if (!fitsOrPostpone(run, listing.pages.length)) return;
  const now = await fetchListing(run, userId);
  if (!now) return;
  if (!sameListing(listing, now)) await writeListing(run, now);
  for (const read of reads) await closeOrDiscard(run, read, versionIn(now, read));
}

/** Closes a read if its playlist, which now has `version`, has not changed; else forgets it. */
export async function closeOrDiscard(
  run: ListenerRun,
  read: PendingRead,
  version: string | null | undefined,
): Promise<void> {
  const { read_seq, container, stream, version: readVersion } = read.header;
  const key = containerKey(stream, container);
  if (version === readVersion) {
    const closed = { version, read_seq };
    await closeRead(run, read, (state) => changeContainer(state, run.listener, key, () => ({ closed })));
    return;
  }
  run.rawWriter.drop(read_seq);
  const forget = (state: ExtractState) =>
    changeContainer(state, run.listener, key, ({ closed }) => ({ closed }));
  run.onceWritten.push(forget);
  if (read.header.run_id === run.runId) postpone(run, changedWhileRead());
}

function versionIn(listing: Listing, read: PendingRead): string | null | undefined {
  return listing.entries.find((entry) => entry.id === read.header.container)?.version;
}
