/** A server of the AWS JSON 1.1 protocol: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
import type { ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { serve, type LocalServer } from "../http";

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

/**
 * Serves operations. Answers as AWS does for an unknown one and for one that throws an {@link AwsError}.
 * @param onRequest is told the target of each request
 */
export function serveJson(
  operations: Operations,
  onRequest: (target: string) => void = () => undefined,
): Promise<LocalServer> {
  return serve(async (request, response) => {
    const body = await text(request);
    const target = String(request.headers["x-amz-target"]);
    onRequest(target);
    try {
      send(response, 200, await perform(operations, target, body));
    } catch (error) {
      const { code, message, status } =
        error instanceof AwsError ? error : new AwsError("InternalFailure", String(error), 500);
      send(response, status, { __type: code, message }, { "x-amzn-errortype": code });
    }
  });
}

function perform(operations: Operations, target: string, body: string): object | Promise<object> {
  const operation = operations[target];
  if (!operation) {
    const known = Object.keys(operations).join(", ");
    throw new AwsError("NotImplemented", `The embedded cloud has no ${target}; it has ${known}.`, 501);
  }
  return operation(parse(body) as never);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AwsError("SerializationException", "The request's body is not JSON.");
  }
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1", ...headers });
  response.end(JSON.stringify(body));
}
