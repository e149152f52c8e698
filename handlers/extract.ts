import { codeOf, failure, type CodedError } from "./errors";
import { openLanding } from "./landing";
import { listenerStreams, utcDay, type RunLine } from "./raw";
import type { Secrets } from "./secrets";
import { openSession, type Session } from "./session";
import { spotifyClient } from "./spotify";
import type { SpotifyFailure } from "./spotifyFailures";
import type { Store } from "./store";
import { closePending, closeReads } from "./streams/closing";
import { readFollowedArtists } from "./streams/followedArtists";
import { readLibrary } from "./streams/library";
import { readOwn } from "./streams/own";
import { readPlaylist } from "./streams/playlist";
import { readPlaylistItems } from "./streams/playlistItems";
import { readPlaylists } from "./streams/playlists";
import { readProfile } from "./streams/profile";
import { readRecentlyPlayed } from "./streams/recentlyPlayed";
import { attempt, iso, leaveOver, settle, type ListenerRun } from "./streams/run";
import { skip } from "./streams/skips";
import { readTopItems } from "./streams/topItems";

/** What extract asks of the world. */
export interface ExtractDeps {
  /** The raw bucket. */
  store: Store;
  /** Called once per run, so that a warm function sees a new sign-in. */
  secrets(): Promise<Secrets>;
  fetch: typeof globalThis.fetch;
  now(): number;
  sleep(ms: number): Promise<void>;
  /** At least 16 hex digits, new each time. */
  random(): string;
  log(entry: Record<string, unknown>): void;
}

/** What a stack is told to read. */
export interface ExtractSettings {
  listeners: string[];
  /** `me` for all of a listener's streams, some of them by name, or `playlist:ID`. */
  sources: string[];
  /** Web API calls per UTC day. */
  callBudget: number;
  apiUrl: string;
  accountsUrl: string;
  /** ARN of the rule whose events ask for the last plays alone. */
  playsRule?: string;
}

/** The parts of an EventBridge event that a run depends on. */
export interface ExtractEvent {
  id?: string;
  /** The ARN of the rule that sent it. */
  resources?: string[];
}

/** What came of a run. */
export interface RunSummary {
  run_id: string;
  event_id: string;
  /** `duplicate` if the event was served before, `yielded` to another run at work: then nothing was done. */
  status: RunLine["status"] | "duplicate" | "yielded";
  /** One record per listener, as landed. */
  runs: RunLine[];
}

/** Kept for landing and for the state before the function is stopped. */
const endReserveMs = 10_000;

/** These stop all reading, but are no failure: the next run goes on. */
const pauses = ["budget_spent", "out_of_time", "rate_limited", "quota_exceeded", "not_before"];

/** After these nothing more may be written; the next delivery of the event takes over. */
const ends = ["fenced", "storage", "state_unknown"];

/**
 * Reads what is new at Spotify for all listeners and lands it as raw objects. A run that must stop early keeps what it
 * has, and the next one goes on. An event of the plays rule reads the last plays of those who have signed in, if
 * nobody else is at work: they are soon gone, but a run that is at work began with them.
 * @throws the first failure, after all listeners have been served as far as possible and the state is released;
 * `lease_taken`, `fenced` or `storage` at once
 */
export async function extract(
  deps: ExtractDeps,
  settings: ExtractSettings,
  event: ExtractEvent,
  context: { awsRequestId: string; getRemainingTimeInMillis(): number },
): Promise<RunSummary> {
  const { store, now, sleep, log } = deps;
  const secrets = await deps.secrets();
  const isPlaysRun = settings.playsRule !== undefined && event.resources?.[0] === settings.playsRule;
  const event_id = event.id ?? context.awsRequestId;
  const nonce = deps.random();
  const run_id = `${iso(now()).replace(/\.\d+|[-:]/g, "")}-${nonce.slice(0, 8)}`;
  const remainingMs = () => context.getRemainingTimeInMillis();
  const { callBudget } = settings;
  const lease = { event: event_id, run: run_id, nonce, remainingMs };
  const sourcesFor = (listener: string) => sourcesOf(settings, secrets, listener, isPlaysRun);
  const listeners = settings.listeners.filter((listener) => !isPlaysRun || sourcesFor(listener).length > 0);
  if (listeners.length === 0) return { run_id, event_id, status: "complete", runs: [] };
  const session = await openSession({ store, now, sleep, callBudget, ...lease, yields: isPlaysRun });
  if (typeof session === "string") {
    log({ message: "nothing done", reason: session, run_id, event_id });
    return { run_id, event_id, status: session, runs: [] };
  }
  log({ message: "run started", run_id, event_id });

  const runs: RunLine[] = [];
  for (const listener of listeners) {
    const timeLeft = () => remainingMs() - endReserveMs;
    const run = listenerRun({ deps, settings, secrets, session, run_id, timeLeft }, listener);
    const isSignedIn = secrets.refreshTokens[listener] !== undefined;
    await read(run, sourcesFor(listener), isSignedIn);
    runs.push(await landRecord(run, event_id));
  }
  const failed = runs.filter((run) => run.status === "failed");
  await session.release(failed.length === 0);
  if (failed.length > 0)
    throw failure(
      failed[0]!.stop_reason!,
      failed.map((run) => `${run.listener}: ${run.stop_message}`).join(" "),
    );
  const status = runs.some((run) => run.status === "partial") ? "partial" : "complete";
  return { run_id, event_id, status, runs };
}

/** What the parts of a run share. */
interface RunShared {
  deps: ExtractDeps;
  settings: ExtractSettings;
  secrets: Secrets;
  session: Session;
  run_id: string;
  timeLeft(): number;
}

function listenerRun(shared: RunShared, listener: string): ListenerRun {
  const { deps, settings, secrets, session, run_id, timeLeft } = shared;
  const refreshToken = secrets.refreshTokens[listener];
  const sign = { app: secrets.app, refreshToken };
  const client = spotifyClient({ ...deps, ...settings, ...sign, timeLeft, spend: session.spend });
  return {
    listener,
    runId: run_id,
    callBudget: settings.callBudget,
    client,
    session,
    landing: openLanding({ store: deps.store, listener, run: run_id, beforePut: session.save }),
    startedAt: deps.now(),
    now: deps.now,
    timeLeft,
    log: (entry) => {
      deps.log({ run_id, listener, ...entry, calls: client.spent.calls });
    },
    tally: { read: 0, unchanged: 0, skipped: 0 },
    faultsInARow: 0,
    keptBack: 0,
    afterLanding: [],
  };
}

/**
 * What is read for a listener. A playlist that the settings name is nobody's in particular: it is read once, for the
 * first listener.
 */
function sourcesOf(
  { sources, listeners }: ExtractSettings,
  { refreshTokens }: Secrets,
  listener: string,
  isPlaysRun: boolean,
): string[] {
  const all = sources.flatMap((source) => (source === "me" ? listenerStreams : [source]));
  if (isPlaysRun)
    return refreshTokens[listener] === undefined ? [] : all.filter((source) => source === "recently_played");
  return listener === listeners[0] ? all : all.filter((source) => !source.includes(":"));
}

/** Reads one listener's sources and lands what came of it, whatever ends the reading. */
async function read(run: ListenerRun, sources: string[], isSignedIn: boolean): Promise<void> {
  try {
    await readSources(run, sources, isSignedIn);
  } catch (error) {
    stopReading(run, error);
  }
  await settle(run);
}

/** Lands the record of a listener's run, and returns it. */
async function landRecord(run: ListenerRun, event_id: string): Promise<RunLine> {
  const { listener, startedAt, client, tally } = run;
  const reason = run.fault ?? run.leftOver;
  const record: RunLine = {
    kind: "run",
    listener,
    run_id: run.runId,
    event_id,
    started_at: iso(startedAt),
    ended_at: iso(run.now()),
    status: run.fault ? "failed" : run.leftOver ? "partial" : "complete",
    stop_reason: reason?.code ?? null,
    stop_message: reason?.message ?? null,
    calls: client.spent.calls,
    retries: client.spent.repeats,
    containers_read: tally.read,
    containers_unchanged: tally.unchanged,
    containers_skipped: tally.skipped,
    raw_objects: run.landing.landed(),
    budget_used: run.session.callsUsed(),
    not_before: notBefore(run),
  };
  run.landing.add("extract_runs", utcDay(startedAt), record);
  await run.landing.flush();
  run.log({ message: "listener served", ...record, ms: run.now() - startedAt });
  return record;
}

/** Notes why the reading ended before its time, as a pause or as a failure; throws if nothing more may be written. */
function stopReading(run: ListenerRun, error: unknown): void {
  const code = codeOf(error) ?? "unexpected";
  if (ends.includes(code)) throw error;
  const { message, stack } = error as CodedError;
  const stop = code === "unexpected" ? failure(code, message, error) : (error as CodedError);
  if (pauses.includes(code)) leaveOver(run, stop);
  else run.fault = stop;
  if (code === "rate_limited" || code === "quota_exceeded") heedLimit(run, stop);
  run.log({
    message: "reading stopped",
    code,
    reason: message,
    stack: code === "unexpected" ? stack : undefined,
  });
}

/** The order of a run: what is soon gone, what all else depends on, what is small, then what may be large. */
async function readSources(run: ListenerRun, sources: string[], isSignedIn: boolean): Promise<void> {
  const wait = notBefore(run);
  if (wait) throw failure("not_before", `Spotify wants no calls before ${wait}: a later run goes on.`);
  const streams = listenerStreams.filter((stream) => sources.includes(stream));
  const playlists = sources
    .filter((source) => source.startsWith("playlist:"))
    .map((source) => source.slice(9));
  const readPlaylistSources = async () => {
    for (const id of playlists) await attempt(run, () => readPlaylist(run, id));
  };
  if (!isSignedIn) {
    skipStreams(run, streams);
    await readPlaylistSources();
    return;
  }
  const own = async (stream: string, readStream: () => Promise<void>) => {
    if (streams.includes(stream)) await attempt(run, () => readOwn(run, stream, readStream));
  };
  await own("recently_played", () => readRecentlyPlayed(run));
  const wantsItems = streams.includes("playlist_items");
  const wantsListing = wantsItems || streams.includes("playlists");
  const userId = wantsListing || streams.includes("profile") ? await readProfile(run) : "";
  const listing = wantsListing ? await readPlaylists(run, userId) : undefined;
  if (listing) await closePending(run, listing);
  const { savedTracks, savedAlbums } = run.client;
  await own("saved_tracks", () => readLibrary(run, { stream: "saved_tracks", fetchPage: savedTracks }));
  await own("saved_albums", () => readLibrary(run, { stream: "saved_albums", fetchPage: savedAlbums }));
  await own("top_items", () => readTopItems(run));
  await own("followed_artists", () => readFollowedArtists(run));
  await settle(run);
  const reads = listing && wantsItems ? await readPlaylistItems(run, listing) : [];
  await readPlaylistSources();
  if (listing) await closeReads(run, reads, listing, userId);
}

/** An app that signs in as itself sees no listener's data. */
function skipStreams(run: ListenerRun, streams: string[]): void {
  const why = {
    reason: "sign_in_missing",
    http_status: null,
    message: "This stream needs a listener's sign-in: store a refresh token.",
    until: null,
  };
  for (const stream of streams)
    skip(run, { stream, day: utcDay(run.now()), container: stream, name: null }, why);
}

/** Time before which Spotify wants no calls, if that is still to come. */
function notBefore(run: ListenerRun): string | null {
  const { not_before } = run.session.state();
  return not_before !== null && not_before > iso(run.now()) ? not_before : null;
}

const dayMs = 86_400_000;
const rateLimitMs = 30_000;

/**
 * Remembers until when Spotify wants no calls. Without a Retry-After that is the window that Spotify counts rates over,
 * or for a quota the next UTC day.
 */
function heedLimit(run: ListenerRun, stop: CodedError): void {
  const toNextDay = dayMs - (run.now() % dayMs);
  const usual = stop.code === "rate_limited" ? rateLimitMs : Math.max(toNextDay, dayMs / 24);
  const not_before = iso(run.now() + ((stop as SpotifyFailure).retryAfterMs ?? usual));
  run.session.change((state) => ({ ...state, not_before }));
}
