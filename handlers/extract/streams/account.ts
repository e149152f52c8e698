import type { SignIn } from "../secrets";
import { consequenceOf, runFailure } from "../../shared/runFailures";
import { sha256 } from "../../shared/sha256";
import { changeListener, listenerState } from "../../state/extractState";
import type { ListenerRun } from "./listenerRun";

/** Returns what tells a sign-in from another one, without telling it. */
export function signInDigest({ refreshToken }: SignIn): string {
  return sha256(refreshToken).slice(0, 16);
}

/**
 * Makes sure, before anything of the listener is read, that the sign-in is of the account whose data the listener has, and
 * of no other listener's. Costs one call for a sign-in that was not seen before; the stream profile uses its answer.
 * @throws `other_account`
 */
export async function checkAccount(run: ListenerRun): Promise<void> {
  const { listener, session, signIn } = run;
  const known = listenerState(session.state(), listener).account;
  if (signIn === undefined || known?.sign_in === signIn) return;
  const id = await accountId(run);
  // A sign-in may lack the permission. As the first one it has nothing to be compared with.
  if (id === undefined && known === undefined) return;
  if (id === undefined) throw otherAccount(listener, "does not show its Spotify account");
  if (known && known.id !== id)
    throw otherAccount(listener, "is not of the Spotify account whose data is here");
  const owner = ownerOf(run, id);
  if (owner !== undefined) throw otherAccount(listener, `is of the Spotify account of listener ${owner}`);
  session.change((state) => changeListener(state, listener, { account: { id, sign_in: signIn } }));
}

/** Returns the user id of the sign-in; undefined if it lacks the permission to tell. */
async function accountId(run: ListenerRun): Promise<string | undefined> {
  try {
    run.profile = await run.client.profile();
    return run.profile.body.id as string;
  } catch (error) {
    if (consequenceOf(error) !== "no_scope") throw error;
  }
}

/** Returns another listener of the stack with this account; one with the very same sign-in was copied on purpose. */
function ownerOf({ listener, listeners, session, signIn }: ListenerRun, id: string): string | undefined {
  return listeners.find((other) => {
    const account = listenerState(session.state(), other).account;
    return other !== listener && account?.id === id && account.sign_in !== signIn;
  });
}

function otherAccount(listener: string, fact: string) {
  return runFailure(
    "other_account",
    `The sign-in of listener ${listener} ${fact}, so nothing was read: run npx spotify-lake login for ${listener} with the right account (log out at https://accounts.spotify.com before), or give this account a listener of its own.`,
  );
}
