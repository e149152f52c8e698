/**
 * The HTTP side of Lambda's Runtime API, over which a function's process takes invocations and answers them:
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { serve, type LocalServer } from "../http";

/** An error as Lambda reports it. */
export interface LambdaError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** One invocation on its way to the function's process. */
export interface Invocation {
  requestId: string;
  functionArn: string;
  /** Real time, in ms since 1970, at which it times out. */
  deadline: number;
  /** What `Date.now` shall be in the process; left alone if undefined. */
  now: number | undefined;
  /** As the clock has it (cloud/types.ts). */
  callMs: number | undefined;
  event: unknown;
}

/** What a process says of an invocation: its result, or an error. */
export type Outcome = { ok: true; payload: unknown } | { ok: false; error: LambdaError };

/** What a process says that an invocation used, if it lived to tell. */
export interface Usage {
  /** Most resident memory that the process ever held. */
  maxRssBytes?: number;
  /** CPU time of the process, its start included if it was started for this invocation. */
  cpuMs?: number;
}

/** The one whose process calls the Runtime API. */
interface RuntimeHost {
  /** The process is ready for an invocation; resolves when there is one. */
  next(): Promise<Invocation>;
  /** The process answered. */
  answered(requestId: string, outcome: Outcome, usage: Usage): void;
  /** The process could not load the handler, or broke between invocations. */
  initFailed(error: LambdaError): void;
}

/** Serves the Runtime API to one process. */
export function serveRuntimeApi(host: RuntimeHost): Promise<LocalServer> {
  return serve((request, response) => route(host, request, response));
}

async function route(host: RuntimeHost, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url!.replace("/2018-06-01/runtime/", "");
  if (path === "invocation/next") return sendInvocation(await host.next(), response);
  const body = await text(request);
  if (path === "init/error") {
    host.initFailed(JSON.parse(body) as LambdaError);
    return void response.writeHead(202).end();
  }
  const [, requestId, kind] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
  if (!requestId) return void response.writeHead(404).end();
  const outcome: Outcome =
    kind === "response"
      ? { ok: true, payload: JSON.parse(body) }
      : { ok: false, error: JSON.parse(body) as LambdaError };
  host.answered(requestId, outcome, {
    maxRssBytes: numberIn(request, "local-peak-memory"),
    cpuMs: numberIn(request, "local-cpu-ms"),
  });
  response.writeHead(202).end();
}

function numberIn({ headers }: IncomingMessage, name: string): number | undefined {
  return headers[name] === undefined ? undefined : Number(headers[name]);
}

function sendInvocation(invocation: Invocation, response: ServerResponse): void {
  const event = Buffer.from(JSON.stringify(invocation.event));
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": event.length,
    "lambda-runtime-aws-request-id": invocation.requestId,
    "lambda-runtime-deadline-ms": invocation.deadline,
    "lambda-runtime-invoked-function-arn": invocation.functionArn,
    ...(invocation.now !== undefined && { "local-clock-ms": Math.trunc(invocation.now) }),
    ...(invocation.callMs !== undefined && { "local-call-ms": invocation.callMs }),
  });
  response.end(event);
}
