import { keepObject } from "./containerRead";
import type { ListenerRun } from "./listenerRun";

/** Reads and writes /me, and returns the listener's user id at Spotify. */
export async function readProfile(run: ListenerRun): Promise<string> {
  const answer = await run.client.profile();
  await keepObject(run, { stream: "profile", container: "profile" }, answer);
  return answer.body.id as string;
}
