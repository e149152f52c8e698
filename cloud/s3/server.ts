/** The S3 endpoint of the embedded cloud: HTTP on 127.0.0.1 over plain files. */
import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { realClock } from "../clock";
import { UserError } from "../errors";
import { httpDate } from "../http";
import type { Access } from "../iam/access";
import type { Clock, ObjectEvent } from "../types";
import { bucketOperations } from "./bucket-operations";
import { asS3Error, failedWith, notImplemented } from "./errors";
import { objectOperations } from "./object-operations";
import { ObjectFiles } from "./objects";
import { type Operation, readRequest, type S3Request, type S3Response } from "./requests";
import { operationName, refuseVariants } from "./routes";
import { toXml } from "./xml";

const OPERATIONS = new Map<string, Operation>(Object.entries({ ...bucketOperations, ...objectOperations }));

/**
 * An S3 endpoint that takes path-style addresses, which the SDK uses if the endpoint is an IP address. It can check who
 * may make a request, by the access key id in its signature, but no signature. It has the operations that the functions
 * and commands use; any other is answered by 501 NotImplemented.
 * Emits `object` after each change of an object, with its key not encoded, and `request` with the operation's name
 * before each request that it answers.
 * @example
 * const s3 = new S3Server({ root: ".local/s3" });
 * await s3.createBucket("raw");
 * process.env.AWS_ENDPOINT_URL_S3 = await s3.start();
 */
export class S3Server extends EventEmitter<{ object: [ObjectEvent]; request: [string] }> {
  /** The same objects without HTTP; changes made here are emitted too. */
  readonly files: ObjectFiles;
  private readonly clock: Clock;
  private readonly access: Access | undefined;
  private readonly server: Server;
  private readonly running = new Set<Promise<void>>();

  /** `access` checks who may make a request; without it everybody may. */
  constructor({ root, clock = realClock, access }: { root: string; clock?: Clock; access?: Access }) {
    super();
    this.clock = clock;
    this.access = access;
    this.files = new ObjectFiles({ root, clock, onChange: (event) => this.emit("object", event) });
    this.server = createServer((request, response) => this.run(request, response));
    // Clients keep their connections: one closed as idle could break a request that is being sent.
    this.server.keepAliveTimeout = 0;
    this.server.requestTimeout = 0;
  }

  /** Listens on 127.0.0.1 (port 0: any free port) and returns the endpoint's URL. Throws `UserError`. */
  async start(port = 0): Promise<string> {
    await this.files.prepare();
    await new Promise<void>((done, fail) => {
      this.server.once("error", fail);
      this.server.listen(port, "127.0.0.1", done);
    }).catch((error: unknown) => {
      throw cannotListen(port, error);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Makes a bucket unless it is there; works before `start` too. Throws `UserError` for a name that S3 does not allow. */
  async createBucket(name: string): Promise<void> {
    await this.files.createBucket(name);
  }

  /** Ends all connections and waits until no request uses the files any more. */
  async close(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
    await Promise.all(this.running);
  }

  private run(request: IncomingMessage, response: ServerResponse): void {
    const answered = this.answer(request, response).finally(() => this.running.delete(answered));
    this.running.add(answered);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("x-amz-request-id", randomUUID());
    response.setHeader("Date", httpDate(this.clock));
    try {
      const asked = readRequest(request);
      const name = operationName(asked);
      this.emit("request", name);
      const operation = OPERATIONS.get(name);
      if (!operation) throw notImplemented(name);
      refuseVariants(name, asked);
      await send(response, await operation(this.checked(asked), this.files));
    } catch (error) {
      sendError(request, response, error);
    }
  }

  /** Returns the request with a check of what its signer may do, unless everything is allowed. */
  private checked(asked: S3Request): S3Request {
    const { access, files } = this;
    const signer = access?.signerOf(asked.headers.authorization);
    if (!access || !signer) return asked;
    const { bucket, query } = asked;
    const require = (action: string, key = asked.key) => {
      const ofBucket = {
        "s3:prefix": query.get("prefix") ?? "",
        "s3:delimiter": query.get("delimiter") ?? "",
      };
      try {
        if (key === "") access.require(signer, action, `arn:aws:s3:::${bucket}`, ofBucket);
        else access.require(signer, action, `arn:aws:s3:::${bucket}/${key}`, writeConditions(asked));
      } catch (error) {
        // Everybody may know which buckets there are.
        files.requireBucket(bucket);
        throw error;
      }
    };
    return { ...asked, require };
  }
}

/** What policies may ask about a conditional write. */
function writeConditions({ headers }: S3Request) {
  return { "s3:if-match": headers["if-match"], "s3:if-none-match": headers["if-none-match"] };
}

async function send(response: ServerResponse, { status, headers, body }: S3Response): Promise<void> {
  if (body !== undefined && typeof body !== "string" && !Buffer.isBuffer(body)) {
    response.writeHead(status, headers);
    return pipeline(body, response);
  }
  const isXml = typeof body === "string";
  // 204 has no body, and so no length.
  const length = status === 204 ? {} : lengthOf(body ?? "");
  response.writeHead(status, { ...(isXml && { "content-type": "application/xml" }), ...length, ...headers });
  response.end(body);
}

/** With a length, Node's client keeps the connection, even after a HEAD that found nothing: a new one takes 1 ms of CPU. */
function lengthOf(body: string | Buffer): { "content-length": number } {
  return { "content-length": Buffer.byteLength(body) };
}

function sendError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    // Half of the response was sent: only a broken connection tells the client that it is not complete.
    response.destroy();
    return;
  }
  const { status, code, message } = asS3Error(error);
  const body = toXml("Error", { Code: code, Message: message, Resource: request.url?.split("?")[0] });
  response.writeHead(status, { "content-type": "application/xml", ...lengthOf(body) });
  response.end(request.method === "HEAD" ? undefined : body);
}

function cannotListen(port: number, error: unknown): UserError {
  if (failedWith(error, "EADDRINUSE"))
    return new UserError(`Port ${port} is in use by another program: stop it or choose another port.`);
  return new UserError(
    `The S3 endpoint cannot listen on port ${port} (${(error as Error).message}): choose another port.`,
  );
}
