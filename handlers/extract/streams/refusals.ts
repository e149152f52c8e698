import { utcDay } from "../../raw/format";
import { consequenceOf } from "../../shared/runFailures";
import { changeContainer, containerKey, type Refusal } from "../../state/extractState";
import type { SpotifyFailure } from "../spotify/failures";
import { checkpointOf, iso, type ListenerRun } from "./listenerRun";
import { skip, type Skipped } from "./skips";

/** The listener's relation to a playlist: development mode gives contents only to owners and collaborators. */
export type Access = "owned" | "collaborative" | "foreign";

/** How long a refusal is remembered. */
export const refusalDays = 30;

/** A container that Spotify may refuse. */
export interface Refusable {
  /** Key of its checkpoint. */
  key: string;
  skipped: Skipped;
  access: Access;
}

/** Returns what `read` does; undefined if Spotify refuses the container, which is recorded. */
export async function readOrRecord<T>(
  run: ListenerRun,
  container: Refusable,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (recordRefusal(run, container, error) === undefined) throw error;
  }
}

/** Returns what `read` does for a listener's own stream; undefined if Spotify refuses it, or did so lately. */
export async function readOrSkip<T>(
  run: ListenerRun,
  stream: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  const skipped = { stream, day: utcDay(run.now()), container: stream, name: null };
  const container: Refusable = { key: containerKey(stream, stream), skipped, access: "owned" };
  return skipRefused(run, container) ? undefined : readOrRecord(run, container, read);
}

/**
 * Records a container that Spotify refuses, and returns the reason; undefined if the failure means something else. A
 * refusal is remembered, unless the sign-in lacks a permission: the next one may have it.
 */
export function recordRefusal(run: ListenerRun, container: Refusable, error: unknown): string | undefined {
  const { code, status, message } = error as SpotifyFailure;
  const consequence = consequenceOf(error);
  if (consequence === "no_scope") {
    skip(run, container.skipped, { reason: code, http_status: status, message, until: null });
    return code;
  }
  if (consequence !== "refused") return undefined;
  // A playlist of the listener's own cannot be refused for its owner: the endpoint is gone for this app.
  const isRemoved = code === "not_owned" && container.access === "owned";
  const refusal = {
    reason: isRemoved ? "removed_endpoint" : code,
    http_status: status,
    message: isRemoved ? "Spotify refuses this app the contents of the listener's own playlist." : message,
    until: iso(run.now() + refusalDays * 86_400_000),
  };
  refuse(run, container, refusal);
  return refusal.reason;
}

/** Skips a container and remembers why, so that it is not asked for again before `until`. */
export function refuse(
  run: ListenerRun,
  { key, skipped, access }: Refusable,
  refusal: Omit<Refusal, "access">,
): void {
  skip(run, skipped, refusal);
  const refused = { ...refusal, access };
  run.onceWritten.push((state) =>
    changeContainer(state, run.listener, key, ({ closed }) => ({ closed, refused })),
  );
}

/** Returns the remembered refusal of a container, if it is still valid. */
export function activeRefusal(
  run: ListenerRun,
  { key, access }: Pick<Refusable, "key" | "access">,
): Refusal | undefined {
  const { refused } = checkpointOf(run, key);
  return refused?.access === access && refused.until > iso(run.now()) ? refused : undefined;
}

/** Returns whether the refusal of a container is remembered; if so, it is skipped. */
export function skipRefused(run: ListenerRun, container: Refusable): boolean {
  const refusal = activeRefusal(run, container);
  if (refusal) skip(run, container.skipped, refusal);
  return refusal !== undefined;
}
