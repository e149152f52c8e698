/** A small Spotify on 127.0.0.1: accounts service and Web API under one address. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { AddressInfo } from "node:net";
import { Accounts, simulatedCredentials, type Credentials, type Grant } from "./accounts";
import { answerTo, templateOf } from "./endpoints";
import { ApiError } from "./errors";
import { jsonAnswer, send, type Answer, type Fault } from "./faults";
import { libraryAt } from "./library";
import { UserError } from "../errors";
import type { Clock } from "../types";
import type { Library } from "./model";
import type { LibrarySize } from "./first";
import type { Mode } from "./modes";

/** A request as tests tell requests apart. */
export interface SimulatedRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  /** Number of the request since the start, from 1, token requests included. */
  n: number;
  /** How often this very method, path and query was asked, from 1. */
  attempt: number;
}

/** How a simulator is set up; everything but the clock has a default, and so have the credentials it accepts. */
export interface SimulatorOptions extends Partial<Credentials> {
  /** Simulated time: Date headers, the day of the library, the expiry of tokens. */
  clock: Clock;
  /** Of the default library. */
  seed?: string | number;
  /** When the default library's days begin to pass, ms since 1970 UTC; by default when the simulator is made. */
  start?: number;
  /** Of the default library. */
  size?: Partial<LibrarySize>;
  /** Another library: asked anew, with the clock's time, for every request. */
  library?: (now: number) => Library;
  /** Kind of access of the app; development by default. */
  mode?: Mode;
  /** Asked for every request what shall go wrong with it. */
  faults?: (request: SimulatedRequest) => Fault | undefined;
  /** Called before a request is answered; a test may change the library or the clock here. */
  onRequest?: (request: SimulatedRequest) => void | Promise<void>;
}

/** What was asked so far: Web API requests, the same by path ({id} for ids), and tokens granted. */
interface SimulatorStats {
  calls: number;
  byPath: Record<string, number>;
  tokens: number;
}

/** The simulator. Nothing is sent from it but what the options decide; no wall clock, no network. */
export class SpotifySimulator {
  private readonly options: SimulatorOptions;
  private readonly mode: Mode;
  private readonly libraryOf: (now: number) => Library;
  private readonly accounts: Accounts;
  private readonly server: Server;
  private readonly attempts = new Map<string, number>();
  private readonly byPath: Record<string, number> = {};
  private requests = 0;
  private calls = 0;

  constructor(options: SimulatorOptions) {
    const { clock, seed = 1, start = clock.now(), size } = options;
    this.options = options;
    this.mode = options.mode ?? "development";
    this.libraryOf = options.library ?? ((now) => libraryAt({ seed, start, now, size }));
    this.accounts = new Accounts(credentialsOf(options), clock);
    this.server = createServer((request, response) => {
      this.serve(request, response).catch((error: unknown) => {
        response
          .writeHead(500, { "content-type": "text/plain" })
          .end(`The simulator failed: ${String(error)}`);
      });
    });
  }

  /** Listens on 127.0.0.1 (port 0: a free one) and gives the address that serves accounts and API, without a slash at its end. */
  start(port = 0): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.once("error", (error: NodeJS.ErrnoException) =>
        reject(error.code === "EADDRINUSE" ? new UserError(portInUse(port)) : error),
      );
      this.server.listen(port, "127.0.0.1", () =>
        resolve(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`),
      );
    });
  }

  /** Ends every connection, answered or not. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  /** What was asked so far. */
  get stats(): SimulatorStats {
    return { calls: this.calls, byPath: { ...this.byPath }, tokens: this.accounts.granted };
  }

  /** The truth at the clock's now. */
  library(): Library {
    return this.libraryOf(this.options.clock.now());
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(message).catch(() => "");
    const request = this.count(message);
    const fault = this.options.faults?.(request);
    await this.options.onRequest?.(request);
    response.sendDate = false;
    response.setHeader("date", new Date(this.options.clock.now()).toUTCString());
    await send(response, this.answer(request, message.headers.authorization, body), fault);
  }

  private count(message: IncomingMessage): SimulatedRequest {
    const { method = "GET", url = "/" } = message;
    const [path = "/", query = ""] = url.split("?", 2);
    const attempt = (this.attempts.get(`${method} ${url}`) ?? 0) + 1;
    this.attempts.set(`${method} ${url}`, attempt);
    this.requests += 1;
    if (path !== tokenPath) {
      const template = templateOf(path, this.mode);
      this.calls += 1;
      this.byPath[template] = (this.byPath[template] ?? 0) + 1;
    }
    return { method, path, query: new URLSearchParams(query), n: this.requests, attempt };
  }

  private answer(
    { method, path, query }: SimulatedRequest,
    authorization: string | undefined,
    body: string,
  ): Answer {
    if (method === "POST" && path === tokenPath) {
      const token = this.accounts.token(authorization, new URLSearchParams(body));
      return jsonAnswer(token.status, token.body);
    }
    try {
      if (method !== "GET") throw new ApiError(405, "Method not allowed");
      const grant = this.authorize(authorization);
      return jsonAnswer(200, answerTo(path, { query, grant, library: this.library(), mode: this.mode }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { status, message } = error;
      return jsonAnswer(status, { error: { status, message } });
    }
  }

  private authorize(authorization: string | undefined): Grant {
    if (authorization === undefined) throw new ApiError(401, "No token provided");
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    if (token === undefined) throw new ApiError(400, "Only valid bearer authentication supported");
    const grant = this.accounts.grantOf(token);
    if (grant === "expired") throw new ApiError(401, "The access token expired");
    if (grant === undefined) throw new ApiError(401, "Invalid access token");
    return grant;
  }
}

const tokenPath = "/api/token";

function credentialsOf(options: Partial<Credentials>): Credentials {
  const {
    clientId = simulatedCredentials.clientId,
    clientSecret = simulatedCredentials.clientSecret,
    refreshToken = simulatedCredentials.refreshToken,
  } = options;
  return { clientId, clientSecret, refreshToken };
}

function portInUse(port: number): string {
  return `Port ${port} on 127.0.0.1 is in use; stop what uses it, or give another port.`;
}
