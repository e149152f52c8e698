import { performance } from "node:perf_hooks";
import type { WriteStream } from "node:tty";
import type { Spinner } from "yocto-spinner";
import { cutText, visibleText } from "./visible-text";

/** How much of a stage is done, in whatever it counts. */
export interface Part {
  done: number;
  all: number;
}

/** How often the time is shown anew. */
const tickMs = 500;
/** A stage that counts is shown no more often than this. */
const leastMs = 100;
/** Columns that the spinner and the space after it take, and one that stays free: some terminals wrap at the last. */
const reserved = 3;

/**
 * One line on a terminal that says what is being done and, where it is known, how much is left. What is written to the
 * terminal meanwhile comes before it. The line and the spinner are yocto-spinner's (docs/decisions.md).
 */
export class Progress {
  private readonly started = performance.now();
  private spinner?: Spinner | undefined;
  private timer?: NodeJS.Timeout;
  private text = "";
  private part: () => Part | undefined = () => undefined;
  /** Where the counting of this stage began, to tell how long the rest takes. */
  private since?: Part & { at: number };
  private shownAt = -Infinity;

  /** @param terminal shows nothing without one */
  constructor(private readonly terminal?: WriteStream) {}

  /** Shows what is being done; `part` says how much of it is done already, or is asked twice a second. */
  stage(text: string, part?: Part | (() => Part)): void {
    this.text = visibleText(text);
    this.part = typeof part === "function" ? part : () => part;
    const counts = part !== undefined && this.since !== undefined;
    if (part === undefined) delete this.since;
    if (!counts || performance.now() - this.shownAt >= leastMs) this.show();
  }

  /** The stage that was shown last; empty before the first. */
  get stageText(): string {
    return this.text;
  }

  /** Clears the line and shows the cursor again, until the next stage. */
  done(): void {
    clearInterval(this.timer);
    this.spinner?.stop();
    this.spinner = undefined;
    delete this.since;
  }

  /** Seconds since the start, to a tenth. */
  seconds(): number {
    return Math.round((performance.now() - this.started) / 100) / 10;
  }

  private show(): void {
    if (!this.terminal) return;
    this.shownAt = performance.now();
    const line = this.line(this.terminal.columns || 80);
    if (this.spinner) {
      this.spinner.text = line;
      return;
    }
    const { default: yoctoSpinner } = require("yocto-spinner") as typeof import("yocto-spinner");
    this.spinner = yoctoSpinner({ stream: this.terminal, handleSignals: false }).start(line);
    this.timer = setInterval(() => this.show(), tickMs).unref();
  }

  private line(columns: number): string {
    const part = this.part();
    const room = columns - reserved;
    if (!part || part.all === 0) return lineOf("", this.text, ` (${Math.round(this.seconds())} s)`, room);
    const left = this.secondsLeft(part);
    const end = left === undefined ? "" : `  ${durationText(left)} left`;
    return lineOf(`${bar(part, room)}  `, this.text, end, room);
  }

  /** Supposes that the rest goes as fast as what was counted so far; undefined while that says too little. */
  private secondsLeft({ done, all }: Part): number | undefined {
    const now = performance.now();
    if (!this.since || done < this.since.done) this.since = { done, all, at: now };
    const counted = done - this.since.done;
    const seconds = (now - this.since.at) / 1000;
    return counted > 0 && seconds >= 1 ? (seconds / counted) * (all - done) : undefined;
  }
}

/** Returns how much is done of what only becomes less, from how much is left of it. */
export function countdown(left: () => number): () => Part {
  let all = 0;
  return () => {
    const now = left();
    all = Math.max(all, now);
    return { done: all - now, all };
  };
}

/** The text gives way; on a narrow terminal the end does, too. */
function lineOf(start: string, text: string, end: string, room: number): string {
  const kept = room - start.length - end.length >= Math.min(text.length, 20) ? end : "";
  const line = `${start}${cutText(text, Math.max(1, room - start.length - kept.length))}${kept}`;
  return cutText(line, Math.max(1, room));
}

/** As wide as a quarter of the line, with the percentage; on a narrow terminal the percentage alone. */
function bar({ done, all }: Part, room: number): string {
  const share = Math.min(1, done / all);
  const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
  const width = Math.min(24, Math.floor(room / 4));
  if (width < 12) return percent;
  const full = Math.round(share * width);
  return `${"█".repeat(full)}${"░".repeat(width - full)} ${percent}`;
}

function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
