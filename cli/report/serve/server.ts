import type { IncomingMessage, ServerResponse } from "node:http";
import { serve, type LocalServer } from "../../../cloud/http";
import { servedHtml } from "../html";
import type { ServedData } from "../reportData";
import { EngineProcess } from "./engineProcess";

/** A statement and what surrounds it may be so long. */
const mostBytes = 100_000;

/** What every answer tells the browser. */
const headers = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

/**
 * Serves the page of `data` on 127.0.0.1, and answers its queries from the local cloud in `dir`. A request that names
 * another host, or comes from another site, is refused: any page in the browser can reach this port
 * (https://developer.mozilla.org/docs/Web/Security/Attacks/DNS_rebinding).
 */
export async function servePage(
  dir: string,
  data: ServedData,
  { port = 0, timeoutMs = 10_000 }: { port?: number; timeoutMs?: number } = {},
): Promise<LocalServer> {
  const engine = new EngineProcess(dir, timeoutMs);
  const server = await serve(async (request, response) => {
    const refusal = refusalOf(request, server.address);
    if (refusal) return text(response, 403, refusal);
    if (request.url === "/" && request.method === "GET") return page(response, data);
    if (request.url === "/query" && request.method === "POST") return query(request, response, engine);
    text(response, 404, "There is nothing at this address.");
  }, port);
  return {
    address: server.address,
    async close() {
      engine.close();
      await server.close();
    },
  };
}

/** Returns why a request is refused, if it is. */
function refusalOf({ headers: sent, method }: IncomingMessage, address: string): string | undefined {
  const port = address.split(":")[1]!;
  const hosts = [address, `localhost:${port}`];
  if (!hosts.includes(sent.host ?? "")) return "This server answers on 127.0.0.1 only.";
  if (method === "GET") return undefined;
  const isOwn = hosts.some((host) => sent.origin === `http://${host}`);
  const isJson = sent["content-type"] === "application/json";
  return isOwn && isJson ? undefined : "Only the page of this server may ask it.";
}

function page(response: ServerResponse, data: ServedData): void {
  const { html, policy } = servedHtml(data);
  response.writeHead(200, {
    ...headers,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
  });
  response.end(html);
}

async function query(
  request: IncomingMessage,
  response: ServerResponse,
  engine: EngineProcess,
): Promise<void> {
  const body = await bodyOf(request);
  const sql = body === undefined ? undefined : sqlIn(body);
  if (sql === undefined)
    return text(response, 400, 'The body must be JSON such as {"sql":"select 1"}, up to 100 kB.');
  const { result, error } = await engine.ask(sql);
  response.writeHead(error === undefined ? 200 : 422, { ...headers, "content-type": "application/json" });
  response.end(JSON.stringify(result ?? { error }));
}

/** Returns the body, or undefined if it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
  }
  return size <= mostBytes ? Buffer.concat(chunks).toString("utf8") : undefined;
}

function sqlIn(body: string): string | undefined {
  try {
    const { sql } = JSON.parse(body) as { sql?: unknown };
    return typeof sql === "string" && sql.trim() !== "" ? sql : undefined;
  } catch {
    return undefined;
  }
}

function text(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { ...headers, "content-type": "text/plain; charset=utf-8" });
  response.end(`${sentence}\n`);
}
