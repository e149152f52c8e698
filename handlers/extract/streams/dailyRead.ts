import { utcDay } from "../../raw/format";
import { changeContainer, containerKey, listenerState, type PendingRead } from "../../state/extractState";
import { closeRead, type ReadPlan } from "./containerRead";
import type { ListenerRun } from "./listenerRun";
import { recordRefusal, skip, activeRefusal } from "./skips";

/**
 * Reads a stream of the listener's own, or records why not. That the endpoint was taken from the app is remembered;
 * that the sign-in does not allow it is not, since the next sign-in may.
 */
export async function readOrSkip<T>(
  run: ListenerRun,
  stream: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  const key = containerKey(stream, stream);
  const place = { stream, day: utcDay(run.now()), container: stream, name: null };
  const refused = listenerState(run.session.state(), run.listener).containers[key]?.refused;
  const standing = activeRefusal(run, refused, "owned");
  if (standing) {
    skip(run, place, standing);
    return undefined;
  }
  try {
    return await read();
  } catch (error) {
    if (!recordRefusal(run, key, place, error, "owned")) throw error;
    return undefined;
  }
}

/** Reads and closes a list that has no version, unless that was done on this UTC day. */
export async function readOnceADay(
  run: ListenerRun,
  { stream, container }: Pick<ReadPlan, "stream" | "container">,
  read: (plan: ReadPlan) => Promise<PendingRead | undefined>,
): Promise<void> {
  const key = containerKey(stream, container);
  const { read_on } = listenerState(run.session.state(), run.listener).containers[key] ?? {};
  if (read_on === utcDay(run.now())) {
    run.counts.unchanged += 1;
    return;
  }
  const made = await read({ stream, container, name: null, version: null, kind: "full" });
  if (!made) return;
  const closed = { version: null, read_seq: made.header.read_seq };
  await closeRead(run, made, (state) =>
    changeContainer(state, run.listener, key, () => ({ closed, read_on: made.day })),
  );
}
