/** A small Spotify on 127.0.0.1: accounts service and Web API under one address. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { AddressInfo } from "node:net";
import { Accounts, simulatedCredentials, type Credentials, type Grant } from "./accounts";
import { consentAnswer } from "./consent";
import { answerTo, templateOf } from "./endpoints";
import { ApiError } from "./errors";
import { Gate, type GateOptions } from "./gate";
import { jsonAnswer, refusalAnswer, responseOf, send, type HttpResponse, type HttpFault } from "./faults";
import { libraryAt } from "./library";
import { listeningOf } from "./listening";
import { silence, type Listening, type Play } from "./plays";
import type { Clock } from "./times";
import type { Library } from "./model";
import type { LibrarySize } from "./initialLibrary";
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
export interface SimulatorOptions extends Partial<Credentials>, GateOptions {
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
  /** What the listener plays; by default what follows from the seed, or nothing if `library` is given. */
  listening?: Listening;
  /** When the refresh token was granted, ms since 1970 UTC: it ends six months later. Without it the token lasts. */
  authorizedAt?: number;
  /** Where /authorize may send browsers back to; by default any http://127.0.0.1:PORT/callback. */
  redirectUris?: string[];
  /** Kind of access of the app; development by default. */
  mode?: Mode;
  /** What listeners' tokens are good for, whatever was agreed to. */
  scopes?: string[];
  /** Asked for every request what shall go wrong with it. */
  faults?: (request: SimulatedRequest) => HttpFault | undefined;
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
  /** The plays that a client was sent in a whole answer, each with when (ms since 1970 UTC) it first was. */
  readonly returnedPlays = new Map<Play, number>();
  private readonly options: SimulatorOptions;
  private readonly mode: Mode;
  private readonly libraryOf: (now: number) => Library;
  private readonly listening: Listening;
  private readonly accounts: Accounts;
  private readonly gate: Gate;
  private readonly server: Server;
  private readonly attempts = new Map<string, number>();
  private readonly byPath: Record<string, number> = {};
  private requests = 0;
  private calls = 0;

  constructor(options: SimulatorOptions) {
    const { clock, seed = 1, start = clock.now(), size } = options;
    this.options = options;
    this.mode = options.mode ?? "development";
    const simulated = (now: number) => libraryAt({ seed, start, now, size });
    this.libraryOf = options.library ?? simulated;
    this.listening = options.listening ?? (options.library ? silence : listeningOf(seed, simulated));
    this.gate = new Gate(options, clock);
    this.accounts = new Accounts(credentialsOf(options), clock, options.authorizedAt);
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
        reject(error.code === "EADDRINUSE" ? new Error(portInUse(port), { cause: error }) : error),
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

  /** The truth of what was played: `from` <= playedAt < `to`, ms since 1970 UTC, whatever Spotify reports. */
  playsBetween(from: number, to: number): Play[] {
    return this.listening.between(from, to);
  }

  /** Answers a request in this process, as fetch would get it over the network: without a port, and so much faster. */
  readonly fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const { pathname, search } = new URL(String(input));
    const headers = new Headers(init.headers);
    const asked = { method: init.method ?? "GET", url: pathname + search };
    const { answer, fault, plays } = await this.respond(
      asked,
      headers.get("authorization") ?? undefined,
      String(init.body ?? ""),
    );
    const response = responseOf(answer, fault);
    if (fault === undefined) this.notePlays(plays, this.options.clock.now());
    return response;
  };

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(message).catch(() => "");
    const { answer, fault, plays } = await this.respond(message, message.headers.authorization, body);
    const answeredAt = this.options.clock.now();
    response.sendDate = false;
    if (await send(response, answer, fault)) this.notePlays(plays, answeredAt);
  }

  private notePlays(plays: Play[], answeredAt: number): void {
    for (const play of plays) if (!this.returnedPlays.has(play)) this.returnedPlays.set(play, answeredAt);
  }

  /** What a request is answered, what goes wrong with it, and the plays that stand in the answer. */
  private async respond(
    message: Pick<IncomingMessage, "method" | "url">,
    authorization: string | undefined,
    body: string,
  ): Promise<{ answer: HttpResponse; fault: HttpFault | undefined; plays: Play[] }> {
    const request = this.count(message);
    const { faults, onRequest, clock } = this.options;
    const fault = faults?.(request);
    await onRequest?.(request);
    const date = new Date(clock.now()).toUTCString();
    const plays: Play[] = [];
    const { headers, ...rest } = this.answer(request, authorization, body, (read) => plays.push(...read));
    return { answer: { ...rest, headers: { date, ...headers } }, fault, plays };
  }

  private count(message: Pick<IncomingMessage, "method" | "url">): SimulatedRequest {
    const { method = "GET", url = "/" } = message;
    const [path = "/", query = ""] = url.split("?", 2);
    const attempt = (this.attempts.get(`${method} ${url}`) ?? 0) + 1;
    this.attempts.set(`${method} ${url}`, attempt);
    this.requests += 1;
    if (path !== tokenPath && path !== consentPath) {
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
    onPlays: (plays: Play[]) => void,
  ): HttpResponse {
    if (method === "POST" && path === tokenPath) {
      const token = this.accounts.token(authorization, new URLSearchParams(body));
      return jsonAnswer(token.status, token.body);
    }
    if (path === consentPath) {
      const { clientId } = credentialsOf(this.options);
      const { redirectUris = ["http://127.0.0.1/callback"] } = this.options;
      return consentAnswer(
        method,
        method === "POST" ? new URLSearchParams(body) : query,
        { clientId, redirectUris },
        (redirectUri, scope) => this.accounts.issueCode(redirectUri, scope),
      );
    }
    try {
      if (method !== "GET") throw new ApiError(405, "Method not allowed");
      const caller = this.authorize(authorization);
      this.gate.pass(caller.grant);
      const { mode, listening, options } = this;
      const world = { library: this.library(), listening, now: options.clock.now(), mode };
      return jsonAnswer(200, answerTo(path, { query, ...caller, ...world, onPlays }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return refusalAnswer(error);
    }
  }

  private authorize(authorization: string | undefined): { grant: Grant; scopes: string[] } {
    if (authorization === undefined) throw new ApiError(401, "No token provided");
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    if (token === undefined) throw new ApiError(400, "Only valid bearer authentication supported");
    const grant = this.accounts.grantOf(token);
    if (grant === "expired") throw new ApiError(401, "The access token expired");
    if (grant === undefined) throw new ApiError(401, "Invalid access token");
    return { grant, scopes: this.options.scopes ?? this.accounts.scopesOf(token) };
  }
}

const tokenPath = "/api/token";
const consentPath = "/authorize";

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
