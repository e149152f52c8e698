import { performance } from "node:perf_hooks";

/** One line on the terminal that says what is under way; nothing at all in a pipe. */
export class Progress {
  private readonly started = performance.now();
  private readonly shown: boolean;

  constructor(quiet: boolean) {
    this.shown = !quiet && process.stderr.isTTY === true;
  }

  stage(text: string): void {
    if (this.shown) process.stderr.write(`\r\u001b[K${text} … (${Math.round(this.seconds())} s)`);
  }

  done(): void {
    if (this.shown) process.stderr.write("\r\u001b[K");
  }

  /** Seconds since the start, to a tenth. */
  seconds(): number {
    return Math.round((performance.now() - this.started) / 100) / 10;
  }
}
