import { bodyLine } from "../landing";
import { dayOf, header } from "./reads";
import type { ListenerRun } from "./run";

/** Reads /me, keeps it, and returns the listener's user id at Spotify. */
export async function readProfile(run: ListenerRun): Promise<string> {
  const { text, body, date, request } = await run.client.profile();
  const readSeq = run.session.nextReadSeq();
  const plan = { stream: "profile", container: "profile", name: null, version: null, kind: "full" } as const;
  const line = bodyLine({ kind: "object", read_seq: readSeq, date }, text);
  await run.landing.addToRead(header(run, plan, readSeq, request), dayOf(date, run), line);
  return body.id as string;
}
