import { athenaOperations } from "./athena/athena";
import { serveJson, type Operations } from "../../cloud/aws/json";
import type { LocalServer } from "../../cloud/http";
import type { Manifest } from "../../cloud/lake/manifest";

/** A served Athena, and what it does, to be asked without a client. */
export interface AthenaServer extends LocalServer {
  operations: Operations;
}

/** Athena over a local cloud's folder, with the workgroups `analysts` and `small`, which may scan 100 bytes. */
export async function athenaServer(
  manifest: Manifest,
  dir: string,
  over: Operations = {},
): Promise<AthenaServer> {
  const workgroups = [{ name: "analysts" }, { name: "small", cutoff: 100 }];
  const clock = { now: () => Date.now() };
  const operations = { ...athenaOperations({ workgroups, namedQueries: [], manifest, dir, clock }), ...over };
  return { ...(await serveJson(operations)), operations };
}
