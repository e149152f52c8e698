import { keepObject } from "./reads";
import type { ListenerRun } from "./run";

/** Reads /me, keeps it, and returns the listener's user id at Spotify. */
export async function readProfile(run: ListenerRun): Promise<string> {
  const answer = await run.client.profile();
  await keepObject(run, { stream: "profile", container: "profile" }, answer);
  return answer.body.id as string;
}
