import { changeListener, containerKey, listenerState, type PendingRead } from "../../state/extractState";
import { iso, tolerateFailure, type ListenerRun } from "./listenerRun";
import { pagesFor } from "./pages";
import { isToBeRead, readItems } from "./playlistContents";
import type { ListedPlaylist, Listing } from "./playlists";
import { readFirstNextTime, type Candidate } from "./readQueue";
import { recordRefusal, refusalDays, refuse, type Refusable } from "./refusals";
import { reserveOrSkip } from "./skips";

/** Playlists of others that are tried before the rest of them are taken to be refused, too. */
const probesAllowed = 3;

const stream = "playlist_items";

/**
 * Returns the playlists whose version is new. A read of one becomes visible only when the versions have been checked.
 * Playlists that may not be read are recorded as skips.
 */
export function playlistCandidates(run: ListenerRun, listing: Listing): Candidate[] {
  const changed = listing.entries.filter((playlist) =>
    isToBeRead(run, refusable(playlist, listing), playlist.version),
  );
  return changed.map((playlist) => ({
    key: containerKey(stream, playlist.id),
    rank: playlist.access === "foreign" ? 1 : 0,
    calls: pagesFor(playlist.size),
    read: () => tolerateFailure(run, () => readPlaylistItems(run, playlist, listing)),
  }));
}

/** Reads one playlist, or records why not. */
async function readPlaylistItems(
  run: ListenerRun,
  playlist: ListedPlaylist,
  listing: Listing,
): Promise<PendingRead | undefined> {
  const container = refusable(playlist, listing);
  if (isRefusedUntried(run, container) || !mayBeRead(run, container, playlist, listing)) return undefined;
  const { id, name, version, access } = playlist;
  const isForeign = access === "foreign";
  const probes = probesOf(run);
  try {
    const read = await readItems(run, { stream, container: id, name, version, kind: "full" }, container);
    if (isForeign) setProbes(run, { ...probes, readable: true });
    return read;
  } catch (error) {
    const reason = recordRefusal(run, container, error);
    if (!reason) throw error;
    if (isForeign && reason === "not_owned") setProbes(run, { ...probes, refused: probes.refused + 1 });
  }
}

/** Returns whether a playlist is refused without a call, since other playlists of other people were. */
function isRefusedUntried(run: ListenerRun, container: Refusable): boolean {
  const { refused, readable, until } = probesOf(run);
  if (container.access !== "foreign" || readable || refused < probesAllowed) return false;
  const message = `Not tried: ${probesAllowed} other playlists of other people were refused.`;
  refuse(run, container, { reason: "not_owned", http_status: null, message, until });
  return true;
}

/** Returns whether the calls for a playlist may be made; if not, it is skipped, or read first in the next run. */
function mayBeRead(
  run: ListenerRun,
  { key, skipped }: Refusable,
  { size }: ListedPlaylist,
  listing: Listing,
): boolean {
  const everyDay = 2 * listing.pages.length + 2;
  const fits = reserveOrSkip(run, skipped, pagesFor(size), { everyDay });
  if (!fits) readFirstNextTime(run, key);
  return fits;
}

function refusable({ id, name, access }: ListedPlaylist, { day }: Listing): Refusable {
  return { key: containerKey(stream, id), skipped: { stream, day, container: id, name }, access };
}

/** Returns what trying other people's playlists has shown in the last 30 days. */
function probesOf(run: ListenerRun) {
  const { probes } = listenerState(run.session.state(), run.listener);
  if (probes && probes.until > iso(run.now())) return probes;
  return { refused: 0, readable: false, until: iso(run.now() + refusalDays * 86_400_000) };
}

function setProbes(run: ListenerRun, probes: { refused: number; readable: boolean; until: string }): void {
  run.session.change((state) => changeListener(state, run.listener, { probes }));
}
