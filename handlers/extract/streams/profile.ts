import { keepObject } from "./containerRead";
import type { ListenerRun } from "./listenerRun";

/** Reads /me, unless that has been done, writes it, and returns the listener's user id at Spotify. */
export async function readProfile(run: ListenerRun): Promise<string> {
  const answer = run.profile ?? (await run.client.profile());
  await keepObject(run, { stream: "profile", container: "profile" }, answer);
  return answer.body.id as string;
}
