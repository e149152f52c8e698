import { utcDay } from "../../raw/format";
import { changeContainer, containerKey, type PendingRead } from "../../state/extractState";
import { closeRead, type ReadPlan } from "./containerRead";
import { checkpointOf, type ListenerRun } from "./listenerRun";

/** Reads and closes a list that has no version, unless that was done on this UTC day. */
export async function readOnceADay(
  run: ListenerRun,
  { stream, container }: Pick<ReadPlan, "stream" | "container">,
  read: (plan: ReadPlan) => Promise<PendingRead | undefined>,
): Promise<void> {
  const key = containerKey(stream, container);
  if (checkpointOf(run, key).read_on === utcDay(run.now())) {
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
