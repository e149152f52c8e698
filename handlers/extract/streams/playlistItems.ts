import { codeOf } from "../../shared/errors";
import {
  changeContainer,
  changeListener,
  containerKey,
  listenerState,
  type ContainerState,
  type ItemsPath,
  type PendingRead,
} from "../../state/extractState";
import { readFirstNextTime, type Candidate } from "./readQueue";
import type { ListedPlaylist, Listing } from "./playlists";
import { pagesFor, readWhole, type ReadPlan } from "./containerRead";
import { iso, tolerateFailure, type ListenerRun } from "./listenerRun";
import {
  reserveOrSkip,
  recordRefusal,
  refusalDays,
  refusalIn,
  refuse,
  skip,
  activeRefusal,
  type Access,
  type Skipped,
} from "./skips";

/** Playlists of others that are tried before the rest of them are taken to be refused, too. */
const probesAllowed = 3;

const stream = "playlist_items";

/**
 * Returns the playlists whose version is new. A read of one is whole, but becomes visible only when the versions have
 * been checked. Playlists that may not be read are recorded as skips.
 */
export function playlistCandidates(run: ListenerRun, listing: Listing): Candidate[] {
  const changed = listing.entries.filter((playlist) => isToBeRead(run, playlist, listing.day));
  return changed.map((playlist) => ({
    key: containerKey(stream, playlist.id),
    rank: playlist.access === "foreign" ? 1 : 0,
    calls: pagesFor(playlist.size),
    read: () => tolerateFailure(run, () => readOne(run, playlist, listing)),
  }));
}

/** False for a playlist that has not changed, or whose refusal is remembered. */
function isToBeRead(run: ListenerRun, playlist: ListedPlaylist, day: string): boolean {
  const { closed, refused } = checkpointOf(run, playlist);
  if (closed && playlist.version !== null && closed.version === playlist.version) {
    run.counts.unchanged += 1;
    return false;
  }
  const standing = activeRefusal(run, refused, playlist.access);
  if (standing) skip(run, skipped(playlist, day), standing);
  return !standing;
}

/** Reads one playlist, or records why not. */
async function readOne(
  run: ListenerRun,
  playlist: ListedPlaylist,
  listing: Listing,
): Promise<PendingRead | undefined> {
  if (isPassedOver(run, playlist, listing)) return;
  const { id, name, version, access } = playlist;
  const isForeign = access === "foreign";
  const probes = probesOf(run);
  try {
    const read = await readItems(run, { stream, container: id, name, version, kind: "full" }, access);
    if (isForeign) setProbes(run, { ...probes, readable: true });
    return read;
  } catch (error) {
    const place = skipped(playlist, listing.day);
    const reason = recordRefusal(run, containerKey(stream, id), place, error, access);
    if (!reason) throw error;
    if (isForeign && reason === "not_owned") setProbes(run, { ...probes, refused: probes.refused + 1 });
  }
}

/** True for a playlist that no call is made for: it is sure to be refused, never fits, or does not fit today. */
function isPassedOver(run: ListenerRun, playlist: ListedPlaylist, listing: Listing): boolean {
  const { id, access, size } = playlist;
  const place = skipped(playlist, listing.day);
  const { refused, readable, until } = probesOf(run);
  if (access === "foreign" && !readable && refused >= probesAllowed) {
    const message = `Not tried: ${probesAllowed} other playlists of other people were refused.`;
    const refusal = { reason: "not_owned", http_status: null, message, until, access };
    refuse(run, containerKey(stream, id), place, refusal);
    return true;
  }
  const calls = pagesFor(size);
  const callsEachDay = 2 * listing.pages.length + 2;
  if (reserveOrSkip(run, place, calls, { everyDay: callsEachDay })) return false;
  readFirstNextTime(run, containerKey(stream, id));
  return true;
}

/**
 * Reads a playlist's entries and remembers the read as pending. Apps from before 2026 may have the entries under another
 * path: it is tried after a refusal that cannot be the owner's, and where nothing is found before the first playlist
 * was read. The path that answers is remembered.
 */
export async function readItems(run: ListenerRun, plan: ReadPlan, access: Access): Promise<PendingRead> {
  const readAt = (path: ItemsPath) =>
    readWhole(run, plan, (offset) => run.client.playlistItems(plan.container, offset, path));
  const usual = run.session.state().items_path;
  const read = await readAt(usual).catch(async (error: unknown) => {
    const isOwners = codeOf(error) === "not_owned" && access === "foreign";
    if (isOwners || !refusalIn(run, error, access)) throw error;
    if (codeOf(error) === "not_found" && hasReadItems(run)) throw error;
    const items_path = usual === "items" ? "tracks" : "items";
    const found = await readAt(items_path).catch((second: unknown) => {
      throw refusalIn(run, second, access) ? error : second;
    });
    run.session.change((state) => ({ ...state, items_path }));
    return found;
  });
  run.onceWritten.push((state) =>
    changeContainer(state, run.listener, containerKey(plan.stream, plan.container), ({ closed }) => ({
      closed,
      pending: read,
    })),
  );
  return read;
}

/** True once the usual path has answered with a playlist's entries. */
function hasReadItems(run: ListenerRun): boolean {
  return Object.values(run.session.state().listeners).some(({ containers }) =>
    Object.entries(containers).some(
      ([key, { closed, pending }]) => /^playlist(_items\/|:)/.test(key) && (closed ?? pending) !== undefined,
    ),
  );
}

function skipped({ id, name }: ListedPlaylist, day: string): Skipped {
  return { stream, day, container: id, name };
}

function checkpointOf(run: ListenerRun, { id }: ListedPlaylist): ContainerState {
  return listenerState(run.session.state(), run.listener).containers[containerKey(stream, id)] ?? {};
}

/** What trying other people's playlists has shown in the last 30 days. */
function probesOf(run: ListenerRun) {
  const { probes } = listenerState(run.session.state(), run.listener);
  if (probes && probes.until > iso(run.now())) return probes;
  return { refused: 0, readable: false, until: iso(run.now() + refusalDays * 86_400_000) };
}

function setProbes(run: ListenerRun, probes: { refused: number; readable: boolean; until: string }): void {
  run.session.change((state) => changeListener(state, run.listener, { probes }));
}
