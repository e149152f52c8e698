/** Lambda's API, only Invoke: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
import type { ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { serve, type LocalServer } from "../http";

/** Serves Invoke with `InvocationType: Event`. `send` takes the event and throws if there is no such function. */
export function serveLambda(send: (functionName: string, event: unknown) => void): Promise<LocalServer> {
  return serve(async (request, response) => {
    const [, name] = /^\/2015-03-31\/functions\/([^/?]+)\/invocations/.exec(request.url ?? "") ?? [];
    const body = await text(request);
    if (request.method !== "POST" || !name || request.headers["x-amz-invocation-type"] !== "Event")
      return refuse(
        response,
        501,
        "NotImplemented",
        "The embedded cloud only has Invoke with the type Event.",
      );
    let event: unknown;
    try {
      event = JSON.parse(body || "null");
    } catch {
      return refuse(response, 400, "InvalidRequestContentException", "The event is not JSON.");
    }
    try {
      send(decodeURIComponent(name), event);
    } catch (error) {
      return refuse(response, 404, "ResourceNotFoundException", (error as Error).message);
    }
    response.writeHead(202).end();
  });
}

function refuse(response: ServerResponse, status: number, type: string, Message: string): void {
  response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type });
  response.end(JSON.stringify({ Type: "User", Message }));
}
