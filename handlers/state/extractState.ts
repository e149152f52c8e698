import { runFailure } from "../shared/runFailures";
import type { HeaderLine } from "../raw/format";

/** The two paths under which an app may find a playlist's entries; apps from before 2026 may have only `tracks`. */
export type ItemsPath = "items" | "tracks";

/**
 * What extract remembers between runs, in one object (`state/extract.json` of the raw bucket). The functions below
 * change it without side effects. Times are ISO 8601 UTC, so that a person can read the object.
 */
export interface ExtractState {
  format: 1;
  /** Grows by one with every write. */
  counter: number;
  /** Nonce of the attempt that wrote last: with `counter`, an attempt knows its own write by it. */
  nonce: string;
  lease: Lease | null;
  /** The last events that were served to the end, oldest first. */
  finished_events: string[];
  /** Web API calls reserved on a UTC day, made or not; `begun` once a run that reads everything has started on it. */
  budget: { day: string; reserved: number; begun?: true };
  /** The last number given to a read. */
  read_seq: number;
  /** Spotify wants no call before this. */
  not_before: string | null;
  /** The path that answered last with a playlist's entries. */
  items_path: ItemsPath;
  /** Calls that each listener has had beyond the common turns, as long as somebody waits for more. */
  shares?: Record<string, number>;
  listeners: Record<string, ListenerState>;
}

/** Which run may write, until when at the latest. */
export interface Lease {
  event: string;
  run: string;
  expires: string;
}

/** The checkpoints of one listener. */
export interface ListenerState {
  /** Whose data it is, and with which sign-in that was seen last. */
  account?: Account;
  /** When a run that reads everything last read something for the listener, and did not fail. */
  read_at?: string;
  /** By `stream/container`. */
  containers: Record<string, ContainerState>;
  saved_tracks?: LibraryCheckpoint;
  saved_albums?: LibraryCheckpoint;
  /** The last 50 plays that are known, each as `played_at uri`, in the order of Spotify's answers. */
  plays?: string[];
  /** The newest play of the first read, until `plays` are known: the read may be written already. */
  plays_begun?: string;
  /** What trying other people's playlists has shown; valid until `until`. */
  probes?: { refused: number; readable: boolean; until: string };
}

/** A listener's account at Spotify. */
interface Account {
  /** The user id. */
  id: string;
  /** Digest of the sign-in. */
  sign_in: string;
}

/** The checkpoint of a container that is read again when its version or the day changes. */
export interface ContainerState {
  /** The last read that became visible. */
  closed?: { version: string | null; read_seq: number };
  /** The UTC day of that read, for a list that is read once a day. */
  read_on?: string;
  /** A whole read that is written, but whose version is still to be checked. */
  pending?: PendingRead;
  /** It may not be read; not asked again before `until`. */
  refused?: Refusal;
  /** Since when it waits, because a run had no calls left for it. */
  waiting_since?: string;
}

/** A whole read without its closing record. */
export interface PendingRead {
  /** As in the raw objects of the read. */
  header: HeaderLine;
  /** The UTC day under which the read is stored. */
  day: string;
  pages: number;
  positions: number;
}

/** Why a container may not be read. */
export interface Refusal {
  reason: string;
  http_status: number | null;
  message: string | null;
  until: string;
  /** The listener's relation to the playlist; if that changes, the playlist is tried again. */
  access: string;
}

/** What is known of a library (saved tracks, or saved albums). */
export interface LibraryCheckpoint {
  /** `read_seq` of the last full read. */
  library_version: number;
  /** When that was made. */
  full_at: string;
  total: number;
  /** The newest entries, by id and time added, newest first. */
  newest: string[];
}

/** Streams whose checkpoint is a {@link LibraryCheckpoint}. */
const libraries = ["saved_tracks", "saved_albums"] as const;

const finishedEventsKept = 20;

/** Returns the state before the first run. */
function emptyState(): ExtractState {
  return {
    format: 1,
    counter: 0,
    nonce: "",
    lease: null,
    finished_events: [],
    budget: { day: "", reserved: 0 },
    read_seq: 0,
    not_before: null,
    items_path: "items",
    listeners: {},
  };
}

/**
 * Returns the state in a stored text, or an empty one if there is none.
 * @throws `state_unknown` if the text is not a state that this version knows
 */
export function parseState(text: string | undefined): ExtractState {
  if (text === undefined) return emptyState();
  let format: unknown;
  try {
    const parsed = JSON.parse(text) as ExtractState;
    if (parsed.format === 1) return parsed;
    format = parsed.format;
  } catch {
    format = "unreadable";
  }
  throw runFailure(
    "state_unknown",
    `state/extract.json has format ${String(format)}, which this version does not know: deploy the version that wrote it.`,
  );
}

/** The result of asking for the lease. */
type LeaseResult =
  { outcome: "taken"; state: ExtractState } | { outcome: "held"; lease: Lease } | { outcome: "finished" };

/**
 * Takes the lease if it is free, has expired, or is the same event's (a retry takes over from the attempt before); else
 * it is `held`. An event that was served before is `finished`.
 */
export function takeLease(state: ExtractState, wanted: Lease, now: string): LeaseResult {
  const { lease } = state;
  if (state.finished_events.includes(wanted.event)) return { outcome: "finished" };
  if (lease && lease.event !== wanted.event && lease.expires > now) return { outcome: "held", lease };
  return { outcome: "taken", state: { ...state, lease: wanted } };
}

/** Gives the lease back; `served` if another delivery of the event would have nothing to do. */
export function releaseLease(state: ExtractState, event: string, served: boolean): ExtractState {
  const finished_events = served
    ? [...state.finished_events, event].slice(-finishedEventsKept)
    : state.finished_events;
  return { ...state, lease: null, finished_events };
}

/** Returns the calls reserved on `day` so far. */
export function reservedOn(state: ExtractState, day: string): number {
  return state.budget.day === day ? state.budget.reserved : 0;
}

/** Reserves `calls` more on `day`; a negative number gives back what was not needed. */
export function reserve(state: ExtractState, day: string, calls: number): ExtractState {
  const today = state.budget.day === day ? state.budget : {};
  return { ...state, budget: { ...today, day, reserved: reservedOn(state, day) + calls } };
}

/** Returns whether a run that reads everything has started on `day`. */
export function isDailyRunStarted({ budget }: ExtractState, day: string): boolean {
  return budget.day === day && budget.begun === true;
}

/** Notes that a run that reads everything has started on `day`. */
export function markDailyRunStarted(state: ExtractState, day: string): ExtractState {
  return { ...state, budget: { day, reserved: reservedOn(state, day), begun: true } };
}

/** Returns the listener's checkpoints, empty if there are none yet. */
export function listenerState(state: ExtractState, listener: string): ListenerState {
  return state.listeners[listener] ?? { containers: {} };
}

/** Replaces parts of the listener's checkpoints. */
export function changeListener(
  state: ExtractState,
  listener: string,
  change: Partial<ListenerState>,
): ExtractState {
  const changed = { ...listenerState(state, listener), ...change };
  return { ...state, listeners: { ...state.listeners, [listener]: changed } };
}

/** Returns the key of a container's checkpoint. */
export function containerKey(stream: string, container: string): string {
  return `${stream}/${container}`;
}

/** Replaces a container's checkpoint by what `change` makes of it. */
export function changeContainer(
  state: ExtractState,
  listener: string,
  key: string,
  change: (container: ContainerState) => ContainerState,
): ExtractState {
  const { containers } = listenerState(state, listener);
  return changeListener(state, listener, {
    containers: { ...containers, [key]: change(containers[key] ?? {}) },
  });
}

/** Drops a container's checkpoint. */
export function dropContainer(state: ExtractState, listener: string, key: string): ExtractState {
  const { [key]: dropped, ...containers } = listenerState(state, listener).containers;
  return dropped ? changeListener(state, listener, { containers }) : state;
}

/** Drops a listener's checkpoints, so that everything is read again; keeps the account, and the plays, by which a gap is found. */
export function dropCheckpoints(state: ExtractState, listener: string): ExtractState {
  const { account, plays, plays_begun, read_at } = listenerState(state, listener);
  const kept: ListenerState = {
    containers: {},
    ...(account && { account }),
    ...(plays && { plays }),
    ...(plays_begun && { plays_begun }),
    ...(read_at && { read_at }),
  };
  return { ...state, listeners: { ...state.listeners, [listener]: kept } };
}

/** Drops all that is known of a listener. */
export function forgetListener(state: ExtractState, listener: string): ExtractState {
  const without = <T>(record: Record<string, T>) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => name !== listener));
  const { listeners, shares } = state;
  return { ...state, listeners: without(listeners), shares: shares && without(shares) };
}

/** Returns the stream of a container that the listener's state has; undefined if it has none. */
export function streamOf(state: ExtractState, listener: string, container: string): string | undefined {
  const known = listenerState(state, listener);
  const library = libraries.find((stream) => stream === container && known[stream]);
  if (library) return library;
  // A search may have slashes, so a key cannot be split; but a source's name ends with its container.
  return Object.keys(known.containers)
    .filter((key) => key.endsWith(`/${container}`))
    .map((key) => key.slice(0, -container.length - 1))
    .find((stream) => !stream.includes(":") || stream.endsWith(`:${container}`));
}

/** Drops what is known of one container of a stream: it is read again. */
export function dropKnown(
  state: ExtractState,
  listener: string,
  stream: string,
  container: string,
): ExtractState {
  const dropped = dropContainer(state, listener, containerKey(stream, container));
  const library = libraries.find((one) => one === container);
  return library ? changeListener(dropped, listener, { [library]: undefined }) : dropped;
}

/** Forgets the containers of a stream that are not among `kept`, such as playlists that were unfollowed. */
export function keepContainers(
  state: ExtractState,
  listener: string,
  stream: string,
  kept: string[],
): ExtractState {
  const keys = kept.map((container) => containerKey(stream, container));
  const containers = Object.fromEntries(
    Object.entries(listenerState(state, listener).containers).filter(
      ([key]) => !key.startsWith(`${stream}/`) || keys.includes(key),
    ),
  );
  return changeListener(state, listener, { containers });
}
