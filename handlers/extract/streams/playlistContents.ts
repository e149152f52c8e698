import { consequenceOf, hasCode } from "../../shared/runFailures";
import { changeContainer, type ItemsPath, type PendingRead } from "../../state/extractState";
import { readWhole, type ReadPlan } from "./containerRead";
import { checkpointOf, type ListenerRun } from "./listenerRun";
import { skipRefused, type Access, type Refusable } from "./refusals";

/** The parts of a playlist's description that decide what is read; any of them may be absent. */
export interface PlaylistBody {
  id?: string;
  name?: string;
  snapshot_id?: string;
  collaborative?: boolean;
  owner?: { id?: string } | null;
  items?: { total?: number } | null;
  tracks?: { total?: number } | null;
}

/** Returns how many entries a playlist has by Spotify's count. */
export function sizeOf({ items, tracks }: PlaylistBody): number {
  return items?.total ?? tracks?.total ?? 0;
}

/** Returns whether a playlist is to be read: not if its version was read before, or if its refusal is remembered. */
export function isToBeRead(run: ListenerRun, playlist: Refusable, version: string | null): boolean {
  const { closed } = checkpointOf(run, playlist.key);
  if (closed && version !== null && closed.version === version) {
    run.counts.unchanged += 1;
    return false;
  }
  return !skipRefused(run, playlist);
}

/** Reads a playlist's entries and remembers the read as pending. */
export async function readItems(
  run: ListenerRun,
  plan: ReadPlan,
  { key, access }: Pick<Refusable, "key" | "access">,
): Promise<PendingRead> {
  const pending = await readAtEitherPath(run, plan, access);
  run.onceWritten.push((state) =>
    changeContainer(state, run.listener, key, ({ closed }) => ({ closed, pending })),
  );
  return pending;
}

/**
 * Reads a playlist's entries at the path that answered last or, if they are refused there, at the other one, which is
 * remembered: apps from before 2026 may have the entries under `/tracks` only.
 */
async function readAtEitherPath(run: ListenerRun, plan: ReadPlan, access: Access): Promise<PendingRead> {
  const readAt = (path: ItemsPath) =>
    readWhole(run, plan, (offset) => run.client.playlistItems(plan.container, offset, path));
  const usual = run.session.state().items_path;
  try {
    return await readAt(usual);
  } catch (error) {
    if (!mayBeElsewhere(run, error, access)) throw error;
    const items_path = usual === "items" ? "tracks" : "items";
    const read = await readAt(items_path).catch((second: unknown) => {
      throw consequenceOf(second) === "refused" ? error : second;
    });
    run.session.change((state) => ({ ...state, items_path }));
    return read;
  }
}

/**
 * Returns whether a refusal may be due to the path: not if it may be due to the playlist's owner, nor if nothing was
 * found where another playlist's entries were.
 */
function mayBeElsewhere(run: ListenerRun, error: unknown, access: Access): boolean {
  if (consequenceOf(error) !== "refused") return false;
  if (hasCode(error, "not_owned")) return access !== "foreign";
  return !hasCode(error, "not_found") || !hasReadItems(run);
}

/** Returns whether a playlist's entries have been read before, of any listener. */
function hasReadItems(run: ListenerRun): boolean {
  return Object.values(run.session.state().listeners).some(({ containers }) =>
    Object.entries(containers).some(
      ([key, { closed, pending }]) => /^playlist(_items\/|:)/.test(key) && (closed ?? pending) !== undefined,
    ),
  );
}
