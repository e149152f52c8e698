import { changeContainer, listenerState, type PendingRead } from "../../state/extractState";
import { flushAndCheckpoint, iso, type ListenerRun } from "./listenerRun";

/** A container that is to be read and may be large, so that it waits until all that is small has been read. */
export interface Candidate {
  /** Of its checkpoint. */
  key: string;
  /** 0: surely changed and readable; 1: may be refused; 2: a refresh, of which nothing speaks of a change. */
  rank: 0 | 1 | 2;
  /** Calls that it takes, about. */
  calls: number;
  /** Returns a read that is still to be closed, if there is one. */
  read(): Promise<PendingRead | undefined>;
}

/**
 * Reads the candidates, a turn for each: by rank; then what waits longest; then the small ones, since they complete the
 * most. What a failure keeps from being read goes first in the next run.
 */
export async function* readInOrder(
  run: ListenerRun,
  candidates: Candidate[],
): AsyncGenerator<void, PendingRead[]> {
  const reads: PendingRead[] = [];
  const ordered = inOrder(run, candidates);
  let landed = run.rawWriter.written();
  for (const [index, candidate] of ordered.entries()) {
    try {
      const read = await candidate.read();
      if (read) reads.push(read);
      yield;
    } catch (error) {
      for (const { key } of ordered.slice(index)) readFirstNextTime(run, key);
      throw error;
    }
    // A part that has landed is only of use to a later run if the state knows the reads in it.
    if (run.rawWriter.written() > landed) await flushAndCheckpoint(run);
    landed = run.rawWriter.written();
  }
  return reads;
}

/** Puts a container before those that turn up later. */
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
