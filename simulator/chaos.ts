/** Faults by chance, the same ones for the same requests. */
import { Random } from "./random";
import type { Fault } from "./faults";

/** `rate`: the share of requests that go wrong, from 0 to 1. */
export interface Chaos {
  seed: string | number;
  rate: number;
}

/** What tells requests apart: the same request, tried again, has another fate. */
interface FatedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  attempt: number;
}

const html = { "content-type": "text/html; charset=utf-8" };
const page = (title: string) =>
  `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;

const faults: Fault[] = [
  { kind: "status", status: 500 },
  { kind: "status", status: 502, body: page("502 Bad Gateway"), headers: html },
  { kind: "status", status: 503, body: page("503 Service Unavailable"), headers: html },
  { kind: "timeout", ms: 150 },
  { kind: "truncated" },
  { kind: "malformed" },
  { kind: "reset", when: "before" },
  { kind: "reset", when: "mid_body" },
];

/** What chance does to a request. It depends on the request and how often it was asked, not on others in between. */
export function faultByChance({ seed, rate }: Chaos, request: FatedRequest): Fault | undefined {
  const { method, path, query, attempt } = request;
  const random = new Random(seed, "chaos", method, path, query.toString(), attempt);
  return random.chance(rate) ? random.pick(faults) : undefined;
}
