import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { SpotifySimulator } from "../../simulator/server";
import { plantedAccessToken } from "./plantedSecrets";

/** A refusal of requests to some path; `body` gets the whole request as text, header by header. */
export interface Echo {
  path: RegExp;
  status: number;
  body: (request: string) => string;
}

/** A request as text, as a proxy in trouble might show it. */
export function requestText(method: string, path: string, headers: Headers, body: string): string {
  return [`${method} ${path}`, ...[...headers].map((header) => header.join(": ")), "", body].join("\n");
}

const simulatedToken = "simulated-access-token-";

/**
 * Answers as the simulator does, but with access tokens that a search finds, or refuses requests and repeats them, as a
 * proxy between might.
 */
export class EchoingSpotify {
  /** While it is set, some requests are refused. */
  echo: Echo | undefined;
  private readonly server: Server;

  constructor(private readonly simulator: SpotifySimulator) {
    this.server = createServer(
      (request, response) =>
        void this.answer(request, response).catch((error: Error) => response.destroy(error)),
    );
  }

  /** Returns its address. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    const headers = new Headers(request.headers as Record<string, string>);
    const body = await text(request);
    if (this.echo?.path.test(url)) {
      response.writeHead(this.echo.status, { "content-type": "text/html" });
      response.end(this.echo.body(requestText(method, url, headers, body)));
      return;
    }
    const authorization = headers.get("authorization")?.replace(plantedAccessToken, simulatedToken);
    const init = { method, headers: { authorization: authorization! }, ...(body !== "" && { body }) };
    const answer = await this.simulator.fetch(`http://simulated${url}`, init);
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end((await answer.text()).replace(simulatedToken, plantedAccessToken));
  }
}
