import { utcDay } from "../../raw/format";
import { containerKey } from "../../state/extractState";
import { closeOrDiscard } from "./closeReads";
import { dayOf, keepObject, type ReadPlan } from "./containerRead";
import { checkpointOf, fitsOrPostpone, flushAndCheckpoint, type ListenerRun } from "./listenerRun";
import { pagesFor } from "./pages";
import { isToBeRead, readItems, sizeOf, type PlaylistBody } from "./playlistContents";
import { activeRefusal, readOrRecord, skipRefused, type Refusable } from "./refusals";
import { reserveOrSkip } from "./skips";

/**
 * Reads a playlist that the settings name: its description each time, its contents when their version is new. What may
 * not be read is recorded as a skip.
 */
export async function readPlaylist(run: ListenerRun, id: string): Promise<void> {
  const stream = `playlist:${id}`;
  const key = containerKey(stream, id);
  const skipped = { stream, day: utcDay(run.now()), container: id, name: null };
  // A source is not looked up in the listener's list, so its owner is unknown.
  const unnamed: Refusable = { key, skipped, access: "collaborative" };
  if (activeRefusal(run, unnamed)?.reason === "not_found") {
    skipRefused(run, unnamed);
    return;
  }
  if (!fitsOrPostpone(run, 1)) return;
  const answer = await readOrRecord(run, unnamed, () => run.client.playlist(id));
  if (!answer) return;
  const body = answer.body as PlaylistBody;
  const { name = null, snapshot_id: version = null } = body;
  const plan: ReadPlan = { stream, container: id, name, version, kind: "full" };
  await keepObject(run, plan, answer);
  await closePending(run, key, version);
  const playlist = { ...unnamed, skipped: { ...skipped, name, day: dayOf(answer.date, run) } };
  if (!isToBeRead(run, playlist, version)) return;
  if (!reserveOrSkip(run, playlist.skipped, pagesFor(sizeOf(body)) + 1)) return;
  await readOrRecord(run, playlist, () => readContents(run, plan, playlist));
}

/** Closes the read that the last run left pending, if the playlist still has its version. */
async function closePending(run: ListenerRun, key: string, version: string | null): Promise<void> {
  const { pending } = checkpointOf(run, key);
  if (!pending) return;
  await closeOrDiscard(run, pending, version);
  await flushAndCheckpoint(run);
}

/** Reads the entries, then asks for the version once more; without a call left for that, the next run does it. */
async function readContents(run: ListenerRun, plan: ReadPlan, playlist: Refusable): Promise<void> {
  const read = await readItems(run, plan, playlist);
  const answer = await run.client.playlist(plan.container, "id,snapshot_id");
  await closeOrDiscard(run, read, (answer.body as PlaylistBody).snapshot_id ?? null);
}
