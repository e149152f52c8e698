import {
  extract,
  type ExtractDeps,
  type ExtractEvent,
  type ExtractSettings,
  type RunSummary,
} from "../../handlers/extract/extract";
import type { Secrets, SignIn } from "../../handlers/extract/secrets";
import { stateKey } from "../../handlers/state/session";
import { signInDigest } from "../../handlers/extract/streams/account";
import { parseState, type ExtractState } from "../../handlers/state/extractState";
import type { Store } from "../../handlers/shared/store";
import { memoryStore } from "../../cloud/memory/memoryStore";
import { accountsUrl, apiUrl, fakeSpotify, type FakeLibrary, type FakeSpotify } from "./fakeSpotify";
import { readRaw, type RawContents } from "./rawReader";

/** A bucket, a Spotify and a clock that extract runs are tried on. */
export interface World {
  bucket: ReturnType<typeof memoryStore>;
  spotify: FakeSpotify;
  library: FakeLibrary;
  clock: { ms: number };
  settings: ExtractSettings;
  secrets: Secrets;
  /** The first run finds the accounts of its sign-ins checked, so that it does not ask for them first. */
  areAccountsKnown: boolean;
  /** Milliseconds that Lambda gives a run. */
  timeoutMs: number;
  sleeps: number[];
  logged: Record<string, unknown>[];
  /** One run, by default of a new event; `deps` replaces what it is given. */
  run(event?: string | ExtractEvent, deps?: Partial<ExtractDeps>): Promise<RunSummary>;
  raw(): RawContents;
  state(): ExtractState;
  /** The same once more, for another course of events; settings and secrets are those of a new world. */
  copy(): World;
}

const settings = {
  stack: "dev",
  listeners: ["me"],
  sources: ["me"],
  callBudget: 600,
  reconcileDays: 30,
  market: "US",
};

/** A sign-in of unknown date. */
export function signIn(refreshToken: string): SignIn {
  return { refreshToken, authorizedAt: null };
}

export const dayMs = 86_400_000;

/** Each call takes this long. */
export const callMs = 100;

/** Returns a world in which nothing was read yet; `nonces` is how many names of events and runs are taken. */
export function world(library: FakeLibrary, nonces = 0): World {
  const clock = { ms: Date.parse("2026-11-22T04:15:00Z") };
  const made: World = {
    bucket: memoryStore(),
    library,
    clock,
    spotify: fakeSpotify(library, () => clock.ms),
    settings: { ...settings, apiUrl, accountsUrl },
    secrets: { app: { clientId: "client", clientSecret: "hush" }, signIns: { me: signIn("refresh-me") } },
    areAccountsKnown: true,
    timeoutMs: 900_000,
    sleeps: [],
    logged: [],
    run(event = `event-${(nonces += 1)}`, deps = {}) {
      const deadline = clock.ms + made.timeoutMs;
      if (made.areAccountsKnown && !made.bucket.objects.has(stateKey)) storeAccounts(made);
      const all: ExtractDeps = {
        store: made.bucket,
        secrets: async () => made.secrets,
        fetch: async (input, init) => {
          clock.ms += callMs;
          return made.spotify.fetch(input, init);
        },
        now: () => clock.ms,
        sleep: async (ms) => {
          made.sleeps.push(ms);
          clock.ms += ms;
        },
        random: () => (nonces += 1).toString(16).padStart(8, "0").padEnd(16, "0"),
        log: (entry) => made.logged.push(entry),
        ...deps,
      };
      const context = { awsRequestId: "request", getRemainingTimeInMillis: () => deadline - clock.ms };
      return extract(all, made.settings, typeof event === "string" ? { id: event } : event, context);
    },
    raw: () => readRaw(made.bucket.objects),
    state: () => JSON.parse(made.bucket.objects.get(stateKey)!.body.toString("utf8")) as ExtractState,
    copy() {
      const other = world(structuredClone(made.library), nonces);
      other.clock.ms = clock.ms;
      other.spotify.calls.push(...made.spotify.calls);
      other.spotify.signIns.push(...made.spotify.signIns);
      for (const [key, object] of made.bucket.objects) other.bucket.objects.set(key, object);
      return other;
    },
  };
  return made;
}

/** Stores the state of a stack in which each sign-in is known to be of the fake's account, and nothing was read. */
function storeAccounts({ bucket, library, secrets }: World): void {
  const listeners = Object.entries(secrets.signIns).flatMap(([listener, own]) => {
    if (own === undefined) return [];
    return [[listener, { account: { id: library.userId, sign_in: signInDigest(own) }, containers: {} }]];
  });
  const state = { ...parseState(undefined), listeners: Object.fromEntries(listeners) as object };
  bucket.objects.set(stateKey, {
    body: Buffer.from(JSON.stringify(state)),
    etag: '"accounts"',
    metadata: {},
  });
}

/** The error of something that must fail. */
export async function failureOf(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error & { code?: string };
  }
  throw new Error("It did not fail.");
}

/** How an operation on the outside world goes wrong. */
export type Mishap = "dies before" | "dies after" | "answer lost" | "answer lost, retried";

/**
 * A store and a fetch that count their operations together; the one with number `at` (from 0) suffers `mishap`. A
 * process that died does nothing more.
 */
export function withMishap(
  base: Pick<World, "bucket" | "clock"> & { spotify: Pick<FakeSpotify, "fetch"> },
  at: number,
  mishap: Mishap,
): { deps: Partial<ExtractDeps>; count(): number } {
  let operations = 0;
  let dead = false;
  const operate = async <T>(act: () => Promise<T>, isPut: boolean): Promise<T> => {
    if (dead) throw new Error("The process is dead.");
    const hit = operations++ === at;
    if (!hit) return act();
    dead = mishap.startsWith("dies");
    if (mishap === "dies before") throw new Error("The process dies.");
    const done = await act();
    if (mishap === "dies after") throw new Error("The process dies.");
    if (!isPut) return done;
    if (mishap === "answer lost") throw new Error("socket hang up");
    return act();
  };
  const { bucket } = base;
  const store: Store = {
    head: (key) => operate(() => bucket.head(key), false),
    list: (prefix) => operate(() => bucket.list(prefix), false),
    get: (key) => operate(() => bucket.get(key), false),
    put: (...args) => operate(() => bucket.put(...args), true),
  };
  const fetch: typeof globalThis.fetch = (input, init) =>
    operate(() => {
      base.clock.ms += callMs;
      return base.spotify.fetch(input, init);
    }, false);
  return { deps: { store, fetch }, count: () => operations };
}
