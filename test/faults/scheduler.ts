import type { Random } from "../../simulator/random";

/** An operation that waits to be run. */
interface Waiting {
  /** Simulated time (ms) before which it is not its turn. */
  from: number;
  go(): void;
}

/** One process: an event that is being handled. */
export interface Actor {
  name: string;
  /** A process that was killed does nothing more: what it asks for never happens. */
  isDead: boolean;
  /** Simulated time (ms) at which the process is stopped. */
  deadline: number;
  /** Waits until it is the actor's turn, `ms` of simulated time from now at the earliest. */
  turn(ms?: number): Promise<void>;
}

/** How an actor ended: with a value, an error, or killed. */
export type Ending<T> = { value: T } | { error: unknown } | "killed";

interface Live extends Actor {
  waiting: Waiting[];
  /** Resolves when it waits for its turn, or has ended. */
  idle: Promise<void>;
  wake(): void;
  end(): void;
}

/**
 * Runs processes concurrently, one operation at a time, in an order that only the seed decides: the next operation is
 * chosen when every process waits or is done. It also keeps simulated time.
 */
export class Scheduler {
  private readonly live = new Set<Live>();
  private readonly inFlight = new Set<Promise<unknown>>();
  private running = false;

  constructor(
    private readonly random: Random,
    readonly clock: { ms: number },
  ) {}

  /** Runs `work` as a process of its own, beginning `delay` ms from now; resolves with how it ended. */
  start<T>(
    name: string,
    { delay = 0, limit = Infinity }: { delay?: number; limit?: number },
    work: (actor: Actor) => Promise<T>,
  ): Promise<Ending<T>> {
    const actor = this.newActor(name);
    return new Promise((resolve) => {
      actor.end = () => {
        this.live.delete(actor);
        actor.wake();
        resolve("killed");
      };
      const done = (ending: Ending<T>) => {
        this.live.delete(actor);
        actor.wake();
        resolve(ending);
      };
      void actor.turn(delay).then(async () => {
        actor.deadline = this.clock.ms + limit;
        try {
          done({ value: await work(actor) });
        } catch (error) {
          done({ error });
        }
      });
    });
  }

  /** Does what takes real time, such as a write to a disk; nothing else happens until it is done. */
  uninterrupted<T>(act: () => Promise<T>): Promise<T> {
    const done = act();
    const ended = done.catch(() => undefined).finally(() => this.inFlight.delete(ended));
    this.inFlight.add(ended);
    return done;
  }

  /** Ends a process at its present operation. */
  kill(actor: Actor): void {
    actor.isDead = true;
    (actor as Live).end();
  }

  /** Runs until no process is left. */
  async run(): Promise<void> {
    if (this.running) throw new Error("The scheduler is already running.");
    this.running = true;
    try {
      while (this.live.size > 0) {
        for (const actor of this.live) await actor.idle;
        await this.step();
      }
    } finally {
      this.running = false;
    }
  }

  /** One operation of one process, or its end if its time is over. */
  private async step(): Promise<void> {
    const ready = [...this.live].filter(({ waiting }) => waiting.length > 0);
    if (ready.length === 0) return;
    const soonest = Math.min(...ready.map(({ waiting }) => waiting[0]!.from));
    this.clock.ms = Math.max(this.clock.ms, soonest);
    const actor = this.random.pick(ready.filter(({ waiting }) => waiting[0]!.from <= this.clock.ms));
    if (this.clock.ms >= actor.deadline) {
      this.kill(actor);
      return;
    }
    const { go } = actor.waiting.shift()!;
    if (actor.waiting.length === 0) actor.idle = new Promise((wake) => (actor.wake = wake));
    go();
    await actor.idle;
    await Promise.all(this.inFlight);
  }

  private newActor(name: string): Live {
    const actor: Live = {
      name,
      isDead: false,
      deadline: Infinity,
      waiting: [],
      idle: Promise.resolve(),
      wake: () => undefined,
      end: () => undefined,
      turn: (ms = 0) =>
        new Promise((go) => {
          if (actor.isDead) return;
          actor.waiting.push({ from: this.clock.ms + ms, go });
          actor.wake();
        }),
    };
    this.live.add(actor);
    return actor;
  }
}
