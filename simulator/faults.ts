/** Faults that a test asks for, and how they look on the wire. */
import type { ServerResponse } from "node:http";
import { quotaExceeded, rateLimited, type ApiError } from "./errors";

/** Something that goes wrong with one answer. */
export type HttpFault =
  /** Another status. A text is sent as plain text (or the content-type of `headers`), anything else as JSON. */
  | { kind: "status"; status: number; body?: unknown; headers?: Record<string, string> }
  /** Too many calls: 429 that passes. `retryAfter` in seconds, 1 if not given; null: no such header. */
  | { kind: "rate_limit"; retryAfter?: number | null }
  /** The quota is used up: 429 with a reason and hours to wait. `retryAfter` in seconds. */
  | { kind: "quota"; retryAfter?: number }
  /** No answer ever; the connection stays open until the client or the simulator closes it, or for `ms` real milliseconds. */
  | { kind: "timeout"; ms?: number }
  /** The connection breaks before the answer, or in the middle of its body. */
  | { kind: "reset"; when: "before" | "mid_body" }
  /** A whole answer whose JSON ends in the middle. */
  | { kind: "truncated" }
  /** A whole answer that is no JSON, though it says so. */
  | { kind: "malformed" }
  /** The true answer, late. Real milliseconds. */
  | { kind: "slow"; ms: number };

/** What is about to be sent; headers have lower-case names. */
export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const json = { "content-type": "application/json; charset=utf-8" };
const text = { "content-type": "text/plain; charset=utf-8" };

/** An answer of JSON, laid out over lines as the Web API does. */
export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): HttpResponse {
  return { status, headers: { ...json, ...headers }, body: JSON.stringify(body, null, 2) };
}

/** The answer that an error stands for. */
export function refusalAnswer({ status, message, details }: ApiError): HttpResponse {
  const { reason, retryAfter, plain } = details;
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  if (plain) return { status, headers: { ...text, ...headers }, body: message };
  return jsonAnswer(status, { error: { status, message, reason } }, headers);
}

/**
 * Sends the answer, or what a fault makes of it. Resolves when nothing more will be sent, with whether the client was
 * given the answer as it is.
 */
export async function send(
  response: ServerResponse,
  answer: HttpResponse,
  fault: HttpFault | undefined,
): Promise<boolean> {
  if (fault?.kind === "slow") await pause(response, fault.ms);
  if (fault === undefined || fault.kind === "slow") {
    write(response, answer);
    return !response.destroyed;
  }
  if (fault.kind === "timeout") await hang(response, fault.ms);
  else if (fault.kind === "reset") reset(response, answer, fault.when);
  else write(response, changed(answer, fault));
  return false;
}

/** The answer, or what a fault makes of it, as fetch gives it; throws what fetch throws if there is none. */
export function responseOf(answer: HttpResponse, fault: HttpFault | undefined): Response {
  if (fault === undefined || fault.kind === "slow") return whole(answer);
  if (fault.kind === "timeout")
    throw new DOMException("The operation was aborted due to timeout", "TimeoutError");
  if (fault.kind !== "reset") return whole(changed(answer, fault));
  if (fault.when === "before") throw connectionReset();
  const half = Buffer.from(answer.body).subarray(0, answer.body.length >> 1);
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(half);
      controller.error(connectionReset());
    },
  });
  return new Response(body, answer);
}

function whole({ body, ...rest }: HttpResponse): Response {
  return new Response(body, rest);
}

function connectionReset(): Error {
  return new TypeError("fetch failed", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) });
}

type ChangingFault = Exclude<HttpFault, { kind: "timeout" | "reset" | "slow" }>;

/** What a fault makes of an answer; its Date header stays. */
function changed(answer: HttpResponse, fault: ChangingFault): HttpResponse {
  const made = replaced(answer, fault);
  return { ...made, headers: { date: answer.headers.date ?? "", ...made.headers } };
}

function replaced(answer: HttpResponse, fault: ChangingFault): HttpResponse {
  switch (fault.kind) {
    case "truncated":
      return { ...answer, body: answer.body.slice(0, answer.body.length >> 1) };
    case "malformed":
      return { ...answer, body: `{"items": [}${answer.body}` };
    case "rate_limit": {
      const { retryAfter = 1 } = fault;
      return refusalAnswer(rateLimited(retryAfter ?? undefined));
    }
    case "quota":
      return refusalAnswer(quotaExceeded(fault.retryAfter ?? 43_200));
    case "status":
      return statusAnswer(fault);
  }
}

function statusAnswer({ status, body, headers }: Extract<HttpFault, { kind: "status" }>): HttpResponse {
  if (typeof body === "string") return { status, headers: { ...text, ...headers }, body };
  return jsonAnswer(status, body ?? { error: { status, message: `Simulated ${status}` } }, headers);
}

function write(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, "content-length": bytes.length }).end(bytes);
}

function reset(response: ServerResponse, answer: HttpResponse, when: "before" | "mid_body"): void {
  if (when === "before") {
    response.destroy();
    return;
  }
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, { ...answer.headers, "content-length": body.length });
  response.write(body.subarray(0, body.length >> 1), () => response.destroy());
}

/** Leaves the connection open without an answer; breaks it after `ms`, if given. */
async function hang(response: ServerResponse, ms: number | undefined): Promise<void> {
  if (ms === undefined) return;
  await pause(response, ms);
  response.destroy();
}

/** Waits, but not longer than the connection lasts. */
function pause(response: ServerResponse, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
