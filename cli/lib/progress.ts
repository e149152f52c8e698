import { performance } from "node:perf_hooks";
import { visibleText } from "./visible-text";

/** One line on the terminal that says what is under way; nothing at all in a pipe. */
export class Progress {
  private readonly started = performance.now();
  private readonly timer?: NodeJS.Timeout;
  private text = "";

  constructor(quiet: boolean) {
    if (!quiet && process.stderr.isTTY) this.timer = setInterval(() => this.show(), 1000).unref();
  }

  stage(text: string): void {
    this.text = visibleText(text);
    this.show();
  }

  done(): void {
    clearInterval(this.timer);
    if (this.timer) process.stderr.write("\r\u001b[K");
  }

  private show(): void {
    if (this.timer) process.stderr.write(`\r\u001b[K${this.text} … (${Math.round(this.seconds())} s)`);
  }

  /** Seconds since the start, to a tenth. */
  seconds(): number {
    return Math.round((performance.now() - this.started) / 100) / 10;
  }
}
