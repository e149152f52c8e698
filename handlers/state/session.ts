import { hasCode, runFailure, storageFailure } from "../shared/runFailures";
import { utcDay } from "../raw/format";
import {
  parseState,
  releaseLease,
  reserve,
  reservedOn,
  takeLease,
  type ExtractState,
  type Lease,
} from "./extractState";
import { readText, type Store } from "../shared/store";

/** What a session is opened with. */
export interface SessionOptions {
  store: Store;
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Different for each attempt. */
  nonce: string;
  event: string;
  run: string;
  /** Calls of the day's budget that this run may make. */
  spendableCalls: number;
  /** Milliseconds until the function is stopped. */
  remainingMs(): number;
  /** True for a run that does not wait if another one holds the lease. */
  yields?: boolean;
}

/** Key of the state in the raw bucket. */
export const stateKey = "state/extract.json";

/** Calls are reserved in blocks, since each reservation costs a write; a crash loses at most one block. */
const reservedAtOnce = 20;
const pollMs = 5_000;
const longestWaitMs = 60_000;
const writeTries = 3;

/** The stored state and the version that a write must find. */
interface Stored {
  state: ExtractState;
  etag: string | undefined;
}

/** Why a run has nothing to do: its event was served before, or it yields to the run that holds the lease. */
export type NothingToDo = { status: "duplicate" } | { status: "yielded"; holder: Lease };

/**
 * Takes the lease and returns a session, or why there is nothing to do. If another event holds the lease, a run that does
 * not yield waits for about a minute.
 * @throws `lease_taken` after that; the event is then to be delivered again
 */
export async function openSession(options: SessionOptions): Promise<Session | NothingToDo> {
  const { now, event, run, remainingMs } = options;
  for (let waited = 0; ; waited += pollMs) {
    const stored = await load(options.store);
    const expires = new Date(now() + remainingMs()).toISOString();
    const taking = takeLease(stored.state, { event, run, expires }, new Date(now()).toISOString());
    if (taking.outcome === "finished") return { status: "duplicate" };
    if (taking.outcome === "taken") {
      // The first calls with it: that saves a write.
      const { state, reserved } = reserveBlock(options, taking.state);
      const taken = await write(options, stored, state).catch(async (error: unknown) => {
        if (hasCode(error, "fenced")) return undefined;
        await abandonLease(options);
        throw error;
      });
      if (taken) return new Session(options, taken, reserved);
    } else {
      if (options.yields) return { status: "yielded", holder: taking.lease };
      if (waited >= longestWaitMs || remainingMs() < 2 * pollMs) throw leaseTaken(taking.lease);
      await options.sleep(pollMs);
    }
  }
}

/** Says which run holds a lease, and until when. */
export function leaseHeld({ run, event, expires }: Lease): string {
  return `another run (${run}, event ${event}) holds the lease until ${expires} at the latest`;
}

function leaseTaken(lease: Lease) {
  const sentence = leaseHeld(lease).replace(/^a/, "A");
  return runFailure("lease_taken", `${sentence}: start this one again then.`);
}

/** A run's access to the state while it holds the lease: checkpoints, calls, numbers of reads. */
export class Session {
  private current: ExtractState;

  /** @param unused what is reserved in the stored state for calls that are not made */
  constructor(
    private readonly options: SessionOptions,
    private stored: Stored,
    private unused: Reserved,
  ) {
    this.current = stored.state;
  }

  /** Returns the stored state with the changes that are not yet saved. */
  state(): ExtractState {
    return this.current;
  }

  /** Changes the state in memory; the next write stores it. A checkpoint moves only once its raw lines are written. */
  change(make: (state: ExtractState) => ExtractState): void {
    this.current = make(this.current);
  }

  /** Stores the changes, if there are any. */
  async save(): Promise<void> {
    if (this.current === this.stored.state) return;
    this.stored = await write(this.options, this.stored, this.current);
    this.current = this.stored.state;
  }

  /** Returns the number of a new read. It must be saved before anything of the read is written. */
  nextReadSeq(): number {
    this.change((before) => ({ ...before, read_seq: before.read_seq + 1 }));
    return this.current.read_seq;
  }

  /** Returns the calls of today's budget that are used. */
  callsUsed(): number {
    return reservedOn(this.current, this.today()) - this.unusedToday();
  }

  /** Returns the calls that may still be made today. */
  callsLeft(): number {
    return Math.max(0, this.options.spendableCalls - this.callsUsed());
  }

  /** Counts one call; throws `budget_spent` if none is left today. */
  async spend(): Promise<void> {
    if (this.unusedToday() === 0) {
      const { state, reserved } = reserveBlock(this.options, this.current);
      if (reserved.calls === 0)
        throw runFailure("budget_spent", "The day's call budget is spent: the next day's run goes on.");
      this.change(() => state);
      await this.save();
      this.unused = reserved;
    }
    this.unused.calls -= 1;
  }

  /** Gives back the lease and the calls that were not needed; an event that was `served` is not served again. */
  async release(served: boolean): Promise<void> {
    const unused = this.unusedToday();
    if (unused > 0) this.change((before) => reserve(before, this.today(), -unused));
    this.change((before) => releaseLease(before, this.options.event, served));
    await this.save();
  }

  /** Releases the lease after an error, if it can; see {@link abandonLease}. Never throws. */
  async abandon(): Promise<void> {
    if (this.stored.state.lease) await abandonLease(this.options);
  }

  private today(): string {
    return utcDay(this.options.now());
  }

  /** Calls that were reserved yesterday are not today's. */
  private unusedToday(): number {
    return this.unused.day === this.today() ? this.unused.calls : 0;
  }
}

/** Calls of a UTC day's budget. */
interface Reserved {
  day: string;
  calls: number;
}

/** Reserves the next calls of today's budget, as many as are reserved at once and are left. */
function reserveBlock(
  { spendableCalls, now }: SessionOptions,
  state: ExtractState,
): { state: ExtractState; reserved: Reserved } {
  const day = utcDay(now());
  const left = Math.max(0, spendableCalls - reservedOn(state, day));
  const calls = Math.min(reservedAtOnce, left);
  return { state: reserve(state, day, calls), reserved: { day, calls } };
}

async function load(store: Store): Promise<Stored> {
  const found = await readText(store, stateKey).catch((error: unknown) => {
    throw storageFailure("The state could not be read", error);
  });
  return { state: parseState(found?.text), etag: found?.etag };
}

/**
 * Writes `next` if the stored version is still that of `stored` (compare-and-set). After an error the stored object
 * says what happened: with our counter and nonce, only the answer was lost; in the old version, nothing was written.
 * @throws `fenced` if another attempt has written since; `storage` if the store does not take the write
 */
async function write(options: SessionOptions, stored: Stored, next: ExtractState): Promise<Stored> {
  const { state, put } = conditionalPut(options, stored, next);
  for (let tries = 1; ; tries += 1) {
    try {
      return { state, etag: await put() };
    } catch (error) {
      const found = await load(options.store);
      if (found.state.counter === state.counter && found.state.nonce === options.nonce)
        return { state, etag: found.etag };
      if (found.etag !== stored.etag)
        throw runFailure("fenced", "Another attempt has taken over this run.", error);
      if (tries === writeTries) throw storageFailure("The state could not be written", error);
    }
  }
}

/**
 * Releases the lease of an attempt that ends in an error, so that the next run need not wait until it expires. Safe only
 * while the attempt's nonce says that nobody has written since, and by compare-and-set. It tries once and never throws.
 */
async function abandonLease(options: SessionOptions): Promise<void> {
  try {
    const stored = await load(options.store);
    if (stored.state.nonce !== options.nonce || !stored.state.lease) return;
    await conditionalPut(options, stored, releaseLease(stored.state, options.event, false)).put();
  } catch {
    // The lease expires.
  }
}

/** The state that follows the stored one, and the write of it, which succeeds only over the stored one. */
function conditionalPut({ store, nonce }: SessionOptions, { state, etag }: Stored, next: ExtractState) {
  const following: ExtractState = { ...next, counter: state.counter + 1, nonce };
  const body = new TextEncoder().encode(JSON.stringify(following, undefined, 1));
  const condition = etag === undefined ? { ifNoneMatch: "*" as const } : { ifMatch: etag };
  const put = () => store.put(stateKey, body, condition, { contentType: "application/json" });
  return { state: following, put };
}
