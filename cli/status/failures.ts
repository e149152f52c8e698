import { QueueFiles } from "../../cloud/aws/queues";
import { realClock } from "../../cloud/clock";

/** Counts the events that wait in the failure queue of each function of the local cloud in `dir`. */
export function failuresIn(dir: string): Record<string, number> {
  const queues = new QueueFiles(dir, realClock);
  const counts: Record<string, number> = {};
  for (const queue of queues.failureQueues()) {
    const [, name] = /(\w+)-failures/.exec(queue) ?? [];
    if (name !== undefined) counts[name] = queues.list(queue).length;
  }
  return counts;
}
