import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "./types";

/** A running server of this machine. */
export interface LocalServer {
  /** `127.0.0.1:port` */
  address: string;
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
}

/** Serves HTTP on the loopback address, on a free port if it is 0. A handler that rejects drops its connection. */
export async function serve(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  port = 0,
): Promise<LocalServer> {
  const server = createServer((request, response) => {
    handler(request, response).catch((error: Error) => response.destroy(error));
  });
  // Clients keep their connections: one closed for being idle could meet a request on its way.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Returns the `Date` header of an AWS service. It has to be the caller's time: the SDK takes an error whose date is five
 * minutes from its own for one of the clock, and repeats the request.
 */
export function httpDate(clock: Clock): string {
  return new Date(clock.now()).toUTCString();
}
