import { performance } from "node:perf_hooks";
import { visibleText } from "./visible-text";

/** One line on a terminal that says what is being done. */
export class Progress {
  private readonly started = performance.now();
  private readonly timer?: NodeJS.Timeout;
  private text = "";

  /** @param terminal shows nothing without one */
  constructor(private readonly terminal?: { write(text: string): unknown }) {
    if (terminal) this.timer = setInterval(() => this.show(), 1000).unref();
  }

  stage(text: string): void {
    this.text = visibleText(text);
    this.show();
  }

  /** The stage that was shown last; empty before the first. */
  get stageText(): string {
    return this.text;
  }

  /** Clears the line. */
  done(): void {
    clearInterval(this.timer);
    this.terminal?.write("\r\u001b[K");
  }

  private show(): void {
    this.terminal?.write(`\r\u001b[K${this.text} … (${Math.round(this.seconds())} s)`);
  }

  /** Seconds since the start, to a tenth. */
  seconds(): number {
    return Math.round((performance.now() - this.started) / 100) / 10;
  }
}
