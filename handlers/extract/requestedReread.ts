import { runFailure } from "../shared/runFailures";
import { dropCheckpoints, dropKnown, streamOf } from "../state/extractState";
import type { Session } from "../state/session";
import type { RunPlan } from "./runPlan";

/**
 * Drops the checkpoints that the plan ignores, and returns the sources that are to be read then: for a requested
 * reread, the container's stream, for each listener who has it.
 * @throws `unknown_container` if no listener has it
 */
export async function resetRequested(
  plan: RunPlan,
  sources: Map<string, string[]>,
  session: Session,
): Promise<Map<string, string[]>> {
  if (plan.kind === "everything" && plan.full)
    for (const name of sources.keys()) session.change((state) => dropCheckpoints(state, name));
  if (plan.kind !== "reread") return sources;
  const { container, listener } = plan;
  const reread = new Map<string, string[]>();
  for (const name of sources.keys()) {
    const stream = streamOf(session.state(), name, container);
    if (stream === undefined || (listener ?? name) !== name) continue;
    session.change((state) => dropKnown(state, name, stream, container));
    reread.set(name, [stream]);
  }
  if (reread.size > 0) return reread;
  await session.release(false);
  throw runFailure(
    "unknown_container",
    `No listener here has a container ${container}; the table container_reads has those that were read.`,
  );
}
