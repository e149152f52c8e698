import { codeOf } from "../errors";
import type { ItemsPath } from "../spotify";
import {
  changeContainer,
  changeListener,
  containerKey,
  listenerState,
  type ContainerState,
  type PendingRead,
} from "../state";
import type { ListedPlaylist, Listing } from "./playlists";
import { pagesFor, readWhole, type ReadPlan } from "./reads";
import { attempt, iso, lackFor, leaveOver, settle, type ListenerRun } from "./run";
import { refusalDays, refusalIn, refuse, skip, standingRefusal, type Access, type Skipped } from "./skips";

/** Playlists of others that are tried before the rest of them are taken to be refused, too. */
const probesAllowed = 3;

const stream = "playlist_items";

/**
 * Reads the contents of the playlists whose version is new, and returns the reads; they are whole, but become visible
 * only when their versions have been checked. Playlists that may not be read are recorded and passed over.
 */
export async function readPlaylistItems(run: ListenerRun, listing: Listing): Promise<PendingRead[]> {
  const candidates = inOrder(
    run,
    listing.entries.filter((playlist) => isToBeRead(run, playlist, listing.day)),
  );
  let landed = run.landing.landed();
  const reads: PendingRead[] = [];
  run.keptBack = listing.pages.length;
  for (const [index, playlist] of candidates.entries()) {
    try {
      const read = await attempt(run, () => readOne(run, playlist, listing));
      if (read) reads.push(read);
    } catch (error) {
      for (const rest of candidates.slice(index)) readFirstNextTime(run, rest);
      throw error;
    }
    // A part that has landed is only of use to a later run if the state knows the reads in it.
    if (run.landing.landed() > landed) await settle(run);
    landed = run.landing.landed();
  }
  return reads;
}

/** False for a playlist that has not changed, or whose refusal is remembered. */
function isToBeRead(run: ListenerRun, playlist: ListedPlaylist, day: string): boolean {
  const { closed, refused } = checkpointOf(run, playlist);
  if (closed && playlist.version !== null && closed.version === playlist.version) {
    run.tally.unchanged += 1;
    return false;
  }
  const standing = standingRefusal(run, refused, playlist.access);
  if (standing) skip(run, skipped(playlist, day), standing);
  return !standing;
}

/** What surely may be read goes first; then what waits longest; then the small ones, since they complete the most. */
function inOrder(run: ListenerRun, playlists: ListedPlaylist[]): ListedPlaylist[] {
  const order = playlists.map((playlist) => ({
    playlist,
    rank: playlist.access === "foreign" ? 1 : 0,
    since: checkpointOf(run, playlist).waiting_since ?? "never",
  }));
  order.sort(
    (a, b) => a.rank - b.rank || a.since.localeCompare(b.since) || a.playlist.size - b.playlist.size,
  );
  return order.map(({ playlist }) => playlist);
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
    const refused = refusalIn(run, error, access);
    if (!refused) throw error;
    refuse(run, containerKey(stream, id), skipped(playlist, listing.day), refused);
    if (isForeign && refused.reason === "not_owned")
      setProbes(run, { ...probes, refused: probes.refused + 1 });
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
  if (calls + callsEachDay > run.callBudget) {
    const message = `It takes ${calls} calls beside ${callsEachDay} others; the budget is ${run.callBudget} a day.`;
    skip(run, place, { reason: "over_budget", http_status: null, message, until: null });
    return true;
  }
  const lack = lackFor(run, calls);
  if (!lack) return false;
  leaveOver(run, lack);
  readFirstNextTime(run, playlist);
  return true;
}

/**
 * Reads a playlist's entries and remembers the read as pending. Apps from before 2026 may still have the entries under
 * another path, so a refusal that cannot be the owner's is tried there, and the path that answers is remembered.
 */
export async function readItems(run: ListenerRun, plan: ReadPlan, access: Access): Promise<PendingRead> {
  const readAt = (path: ItemsPath) =>
    readWhole(run, plan, (offset) => run.client.playlistItems(plan.container, offset, path));
  const usual = run.session.state().items_path;
  const read = await readAt(usual).catch(async (error: unknown) => {
    if (codeOf(error) !== "not_owned" || access === "foreign") throw error;
    const items_path = usual === "items" ? "tracks" : "items";
    const found = await readAt(items_path);
    run.session.change((state) => ({ ...state, items_path }));
    return found;
  });
  run.afterLanding.push((state) =>
    changeContainer(state, run.listener, containerKey(plan.stream, plan.container), ({ closed }) => ({
      closed,
      pending: read,
    })),
  );
  return read;
}

function skipped({ id, name }: ListedPlaylist, day: string): Skipped {
  return { stream, day, container: id, name };
}

function checkpointOf(run: ListenerRun, { id }: ListedPlaylist): ContainerState {
  return listenerState(run.session.state(), run.listener).containers[containerKey(stream, id)] ?? {};
}

/** Puts a playlist before those that turn up later. */
function readFirstNextTime(run: ListenerRun, { id }: ListedPlaylist): void {
  const waiting_since = iso(run.now());
  run.session.change((state) =>
    changeContainer(state, run.listener, containerKey(stream, id), (before) => ({
      waiting_since,
      ...before,
    })),
  );
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
