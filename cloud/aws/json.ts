/** A server of the AWS JSON 1.1 protocol: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
import type { ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { realClock } from "../clock";
import { httpDate, serve, type LocalServer } from "../http";
import { AccessDenied, UnknownCaller, type Access } from "../iam/access";
import { permissionOf } from "../iam/jsonPermissions";
import type { Clock } from "../types";

/** An AWS service's error; `code` is such as ParameterNotFound. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/**
 * A service's operations, by target such as `AmazonSSM.GetParameter`. They take the input and return the output as they
 * are sent, with times in seconds since 1970. Each declares its own input type: `never` accepts all of them.
 */
export type Operations = Record<string, (input: never) => object | Promise<object>>;

interface JsonOptions {
  /** Is told the target of each request. */
  onRequest?: (target: string) => void;
  /** Checks who may make a call; without it everybody may. */
  access?: Access;
  /** Dates the answers; real time if left out. */
  clock?: Clock;
}

/** Serves operations. Answers as AWS does for an unknown one, a refused one, and one that throws an {@link AwsError}. */
export function serveJson(
  operations: Operations,
  { onRequest, access, clock = realClock }: JsonOptions = {},
): Promise<LocalServer> {
  return serve(async (request, response) => {
    response.setHeader("Date", httpDate(clock));
    const body = await text(request);
    const target = String(request.headers["x-amz-target"]);
    onRequest?.(target);
    try {
      const operation = operationNamed(target, operations);
      const input = parse(body);
      const caller = access?.signerOf(request.headers.authorization);
      if (caller) {
        const { action, resources } = permissionOf(target, input, caller);
        for (const resource of resources) access!.require(caller, action, resource);
      }
      send(response, 200, await operation(input as never));
    } catch (error) {
      const { code, message, status } = asAwsError(error);
      send(response, status, { __type: code, message }, { "x-amzn-errortype": code });
    }
  });
}

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  if (error instanceof AccessDenied) return new AwsError("AccessDeniedException", error.message);
  if (error instanceof UnknownCaller) return new AwsError("UnrecognizedClientException", error.message);
  return new AwsError("InternalFailure", String(error), 500);
}

function operationNamed(target: string, operations: Operations): Operations[string] {
  const operation = operations[target];
  if (!operation) {
    const known = Object.keys(operations).join(", ");
    throw new AwsError("NotImplemented", `The embedded cloud has no ${target}; it has ${known}.`, 501);
  }
  return operation;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AwsError("SerializationException", "The request's body is not JSON.");
  }
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) {
  const bytes = Buffer.from(JSON.stringify(body));
  const described = { "content-type": "application/x-amz-json-1.1", "content-length": bytes.length };
  response.writeHead(status, { ...described, ...headers }).end(bytes);
}
