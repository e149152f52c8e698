import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";

/** A request that marks a moment: of a function to Spotify, S3, Glue or its Runtime API. */
export interface Moment {
  /** Of what {@link textOf} makes of the request. */
  request: RegExp;
  /** Which of those requests, counted anew after each kill; by default the first. */
  nth?: number;
  /** `before` it takes effect; or `after` that, but before the answer is out. */
  when: "before" | "after";
  /** At how many such moments; by default one. */
  times?: number;
}

/**
 * Kills at a moment, to the step: watches what this process's servers are asked, and lets no answer out once it has
 * killed. Node reports each request before any server sees it:
 * https://nodejs.org/docs/latest-v20.x/api/diagnostics_channel.html#http
 */
export class Killer {
  /** The requests at which it killed. */
  readonly moments: string[] = [];
  /** Resolves when it has killed for the first time. */
  readonly struck: Promise<void>;
  private tellStruck!: () => void;
  private seen = 0;

  /** @param kill must have sent the signal when it returns */
  constructor(
    private readonly moment: Moment,
    private readonly kill: () => void,
  ) {
    this.struck = new Promise((resolve) => (this.tellStruck = resolve));
    subscribe(channel, this.watch);
  }

  stop(): void {
    unsubscribe(channel, this.watch);
  }

  private readonly watch = (message: unknown): void => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const { moment, moments } = this;
    const text = textOf(request);
    if (moments.length >= (moment.times ?? 1) || !moment.request.test(text)) return;
    this.seen += 1;
    if (this.seen < (moment.nth ?? 1)) return;
    this.seen = 0;
    moments.push(text);
    const strike = () => {
      this.kill();
      this.tellStruck();
      request.destroy();
      return response;
    };
    if (moment.when === "before") strike();
    else response.end = strike;
  };
}

const channel = "http.server.request.start";

/** Method, decoded path and query, and the operation of an AWS JSON service: `POST / AWSGlue.GetPartition`. */
function textOf({ method, url, headers }: IncomingMessage): string {
  return `${method} ${decodeURIComponent(url!)} ${String(headers["x-amz-target"] ?? "")}`.trimEnd();
}
