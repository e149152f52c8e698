import { changeContainer, listenerState, type PendingRead } from "../../state/extractState";
import { flushAndCheckpoint, iso, type ListenerRun } from "./listenerRun";

/** The reading of a container that may be large: it waits until everything small has been read. */
export interface LargeRead {
  /** 0: surely changed and readable; 1: may be refused; 2: a refresh of what seems unchanged. */
  rank: 0 | 1 | 2;
  /** About how many calls it takes. */
  calls: number;
  /** Returns a read that is still to be closed, if there is one. */
  read(): Promise<PendingRead | undefined>;
}

/** A large read in the queue. */
export interface Candidate extends LargeRead {
  /** Key of the container's checkpoint. */
  key: string;
}

/**
 * Reads the candidates, one in each turn: by rank; then the longest waiting; then the small ones, since more of them
 * are completed. What a failure keeps from being read comes first in the next run.
 * @returns the reads that are still to be closed
 */
export async function* readInOrder(
  run: ListenerRun,
  candidates: Candidate[],
): AsyncGenerator<void, PendingRead[]> {
  const reads: PendingRead[] = [];
  const ordered = inOrder(run, candidates);
  let written = run.rawWriter.written();
  for (const [index, candidate] of ordered.entries()) {
    try {
      const read = await candidate.read();
      if (read) reads.push(read);
      yield;
    } catch (error) {
      for (const { key } of ordered.slice(index)) readFirstNextTime(run, key);
      throw error;
    }
    // A later run can only use a written part if the state has the reads in it.
    if (run.rawWriter.written() > written) await flushAndCheckpoint(run);
    written = run.rawWriter.written();
  }
  return reads;
}

/** Puts a container before those that are found later. */
export function readFirstNextTime(run: ListenerRun, key: string): void {
  const waiting_since = iso(run.now());
  run.session.change((state) =>
    changeContainer(state, run.listener, key, (before) => ({ waiting_since, ...before })),
  );
}

function inOrder(run: ListenerRun, candidates: Candidate[]): Candidate[] {
  const { containers } = listenerState(run.session.state(), run.listener);
  const since = ({ key }: Candidate) => containers[key]?.waiting_since ?? "never";
  return [...candidates].sort(
    (a, b) => a.rank - b.rank || since(a).localeCompare(since(b)) || a.calls - b.calls,
  );
}
