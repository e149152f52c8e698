import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../../cloud/errors";
import { escapeHtml, htmlPage } from "./html";

/** The listener's browser, sent back by Spotify and waiting for a page. */
export interface Callback {
  query: URLSearchParams;
  /** Shows a page; resolves when it is sent, or the browser is gone. */
  answer(status: number, title: string, text: string): Promise<void>;
}

const path = "/callback";

/** The server of this machine to which Spotify sends the listener's browser back. */
export class CallbackServer {
  private constructor(private readonly server: Server) {}

  /** Listens on a port of 127.0.0.1 (0: a free one). Throws a `UserError` if it is not available. */
  static async listen(port: number): Promise<CallbackServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => reject(notListening(port, error)));
      server.listen(port, "127.0.0.1", resolve);
    });
    return new CallbackServer(server);
  }

  /** What the Spotify app must have registered. Spotify does not accept `localhost` here. */
  get redirectUri(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** Waits for a browser to come back. Throws a `UserError` if none does in time. Call it once. */
  callback(timeoutMs: number): Promise<Callback> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(nobodyCame(timeoutMs, this.redirectUri)), timeoutMs);
      let taken = false;
      this.server.on("request", (request, response) => {
        const [asked, query] = (request.url ?? "/").split("?", 2);
        if (asked !== path) return void show(response, 404, "Not found", "There is nothing at this address.");
        if (request.method !== "GET")
          return void show(response, 405, "Not allowed", "This address is only read.");
        if (taken) return void show(response, 409, "Answered already", "This sign-in was answered before.");
        taken = true;
        clearTimeout(timer);
        resolve({
          query: new URLSearchParams(query),
          answer: (status, title, text) => show(response, status, title, text),
        });
      });
    });
  }

  /** Ends every connection, as browsers keep some open, and frees the port. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}

function show(response: ServerResponse, status: number, title: string, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    response.once("close", resolve);
    response.writeHead(status, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      // The page's address holds the code.
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      connection: "close",
    });
    response.end(htmlPage(title, `<p>${escapeHtml(text)}</p>`));
  });
}

function notListening(port: number, error: NodeJS.ErrnoException): Error {
  const remedy = `choose another with --port (the Spotify app must have registered http://127.0.0.1:PORT${path} with it)`;
  if (error.code === "EADDRINUSE")
    return new UserError(`Port ${port} on 127.0.0.1 is in use; stop what uses it, or ${remedy}.`);
  if (error.code === "EACCES") return new UserError(`Port ${port} is not open to you; ${remedy}.`);
  return error;
}

function nobodyCame(timeoutMs: number, redirectUri: string): UserError {
  return new UserError(
    `Nobody signed in within ${timeoutMs / 1000} seconds; run npx spotify-lake login again, ` +
      `and if Spotify complained about the redirect URI, register ${redirectUri} in the app's settings first.`,
  );
}
