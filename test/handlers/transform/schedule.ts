/** A call that waits for the scheduler; `go` makes it happen. */
interface Call {
  name: string;
  go(): void;
}

/** A process whose calls the scheduler orders. */
interface Actor {
  state: "not begun" | "running" | "done";
  waiting: Call[];
  /** What it learned since it last started over: together with what waits, all that its future depends on. */
  learned: string[];
  error: unknown;
  /** Resolves when it waits for the scheduler again, or is done. */
  idle: Promise<void>;
}

/** Makes `act` happen when the scheduler says so. */
export type Gate = <T>(name: string, act: () => Promise<T>) => Promise<T>;

/** Says that nothing of what an actor has learned plays a part any more, but for what `keep` matches. */
export type Forget = (keep?: RegExp) => void;

/** What an actor does. A killed one runs again from its beginning; its calls that wait never happen. */
export interface ActorSpec {
  name: string;
  /** What happens once, before its first run. */
  begin?(): void;
  run(gate: Gate, forget: Forget): Promise<unknown>;
}

/** Something that can happen next. */
interface Step {
  name: string;
  take(): Promise<void>;
}

/** Processes at work at once, under a scheduler that decides whose call happens next and who is killed. */
export class Schedule {
  readonly actors: Actor[];

  /** `kills` is how often an actor may be killed. */
  constructor(
    private readonly specs: ActorSpec[],
    private kills: number,
  ) {
    this.actors = specs.map(() => newActor("not begun"));
  }

  private async start(index: number): Promise<void> {
    const actor = newActor("running");
    this.actors[index] = actor;
    let wake: () => void = () => undefined;
    const sleep = () => (actor.idle = new Promise((resolve) => (wake = resolve)));
    sleep();
    const gate: Gate = (name, act) =>
      new Promise((resolve, reject) => {
        const go = () => {
          actor.waiting.shift();
          if (actor.waiting.length === 0) sleep();
          act().then(
            (value) => {
              actor.learned.push(`${name} ${JSON.stringify(value)}`);
              resolve(value);
            },
            (error: unknown) => {
              actor.learned.push(`${name} ${String(error)}`);
              reject(error as Error);
            },
          );
        };
        actor.waiting.push({ name, go });
        wake();
      });
    const forget: Forget = (keep) => {
      actor.learned = [...new Set(actor.learned.filter((one) => keep?.test(one)))];
    };
    this.specs[index]!.run(gate, forget)
      .catch((error: unknown) => (actor.error = error))
      .finally(() => {
        actor.state = "done";
        wake();
      });
    await actor.idle;
  }

  /** All that can happen next. */
  steps(): Step[] {
    return this.actors.flatMap((actor, index): Step[] => {
      const { name, begin } = this.specs[index]!;
      if (actor.state === "done") return [];
      if (actor.state === "not begun") {
        const take = async () => {
          begin?.();
          await this.start(index);
        };
        return [{ name: `${name} begins`, take }];
      }
      const call = actor.waiting[0]!;
      const go = async () => {
        call.go();
        await actor.idle;
      };
      const kill = async () => {
        this.kills -= 1;
        await this.start(index);
      };
      return [
        { name: `${name}: ${call.name}`, take: go },
        ...(this.kills > 0 ? [{ name: `${name}: killed`, take: kill }] : []),
      ];
    });
  }

  /** Two schedules over equal worlds with the same fingerprint have the same future. */
  fingerprint(): string {
    return JSON.stringify([
      this.actors.map(({ state, waiting, learned }) => [state, waiting.map(({ name }) => name), learned]),
      this.kills,
    ]);
  }
}

function newActor(state: Actor["state"]): Actor {
  return { state, waiting: [], learned: [], error: undefined, idle: Promise.resolve() };
}

/** What {@link everyOrder} walks through. */
export interface Race {
  steps(): Step[];
  fingerprint(): string;
}

/** Throws if something is wrong; `path` are the steps that led there. */
type Check<R extends Race> = (now: R, path: string[]) => void | Promise<void>;

/**
 * Takes every order of steps of a race, each state once. Calls `check` after each step and `checkEnd` where nothing is left
 * to do. Returns the number of states and of ends.
 */
export async function everyOrder<R extends Race>(
  begin: () => R | Promise<R>,
  check: Check<R>,
  checkEnd: Check<R>,
): Promise<{ states: number; ends: number }> {
  const seen = new Set<string>();
  const open: number[][] = [[]];
  let ends = 0;
  while (open.length > 0) {
    const choices = open.pop()!;
    const now = await begin();
    const path: string[] = [];
    for (let depth = 0; ; depth += 1) {
      const steps = now.steps();
      await check(now, path);
      if (depth >= choices.length) {
        if (steps.length === 0) {
          await checkEnd(now, path);
          ends += 1;
        }
        const fingerprint = now.fingerprint();
        if (steps.length === 0 || seen.has(fingerprint)) break;
        seen.add(fingerprint);
        for (let other = 1; other < steps.length; other += 1) open.push([...choices, other]);
        choices.push(0);
      }
      const step = steps[choices[depth]!]!;
      path.push(step.name);
      await step.take();
    }
  }
  return { states: seen.size, ends };
}

/** Takes the steps of a race in the order that `choices` gives. */
export async function oneOrder<R extends Race>(
  now: R,
  choices: number[],
  check: Check<R>,
  checkEnd: Check<R>,
): Promise<void> {
  const path: string[] = [];
  for (let depth = 0; ; depth += 1) {
    const steps = now.steps();
    await check(now, path);
    if (steps.length === 0) break;
    const step = steps[(choices[depth] ?? 0) % steps.length]!;
    path.push(step.name);
    await step.take();
  }
  await checkEnd(now, path);
}
