import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import type { EngineAnswer } from "./messages";

const register = path.join(__dirname, "../../lib/register.js");

/** How many statements may wait. */
const mostWaiting = 5;

/** The engine in a process of its own: one statement at a time, and none longer than `timeoutMs`. */
export class EngineProcess {
  private child: Promise<ChildProcess> | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private asked = 0;

  /** @param dir the local cloud's folder */
  constructor(
    private readonly dir: string,
    private readonly timeoutMs: number,
  ) {}

  /** Answers a statement. It never throws: what goes wrong is in the answer. */
  async ask(sql: string): Promise<Omit<EngineAnswer, "id">> {
    if (this.waiting >= mostWaiting)
      return { error: "Too many queries are waiting; try again when they are done." };
    this.waiting += 1;
    const turn = this.last.then(() => this.answer(sql));
    this.last = turn;
    try {
      return await turn;
    } finally {
      this.waiting -= 1;
    }
  }

  close(): void {
    void this.child?.then((child) => child.kill("SIGKILL"));
    this.child = undefined;
  }

  private async answer(sql: string): Promise<Omit<EngineAnswer, "id">> {
    const child = await (this.child ??= this.start());
    const id = (this.asked += 1);
    return new Promise((resolve) => {
      const finish = (answer: Omit<EngineAnswer, "id">) => {
        clearTimeout(timer);
        child.off("message", take).off("exit", ended);
        resolve(answer);
      };
      const take = (answer: EngineAnswer) => {
        if (answer.id === id) finish(answer);
      };
      const ended = () => {
        this.child = undefined;
        finish({ error: "The query took more memory than there is for it; ask for less." });
      };
      const timer = setTimeout(() => {
        this.close();
        finish({ error: `The query was stopped after ${this.timeoutMs / 1000} s; ask for less.` });
      }, this.timeoutMs);
      child.on("message", take).on("exit", ended);
      child.send({ id, sql });
    });
  }

  /**
   * Starts the process, whose time counts once it is ready. It has nothing of this one's environment: there may be secrets
   * in it.
   */
  private async start(): Promise<ChildProcess> {
    const child = fork(path.join(__dirname, "engine.ts"), [this.dir], {
      execArgv: ["-r", register, "--max-old-space-size=512"],
      env: { PATH: process.env.PATH },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    child.on("error", () => undefined);
    await Promise.race([once(child, "message"), once(child, "exit")]);
    return child;
  }
}
