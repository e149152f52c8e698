/** A request as an endpoint sees it. */
import { ApiError } from "./errors";
import { modes, type Mode, type ModeRules } from "./modes";
import type { Grant } from "./accounts";
import type { View } from "./json";
import type { Library } from "./model";
import type { Listening, Play } from "./plays";

/** A request that may be answered: everything an answer depends on. */
export interface ApiCall {
  /** The path's id, "" if it has none. */
  id: string;
  query: URLSearchParams;
  grant: Grant;
  /** What a listener's token is good for. */
  scopes: string[];
  library: Library;
  listening: Listening;
  /** Simulated time, ms since 1970 UTC. */
  now: number;
  mode: Mode;
  /** Receives the plays in the answer. */
  onPlays?: (plays: Play[]) => void;
}

export function rulesOf({ mode }: ApiCall): ModeRules {
  return modes[mode];
}

/** How things look to the caller, the market being known if it was given. */
export function viewOf(call: ApiCall): View {
  const types = call.query.get("additional_types")?.split(",") ?? [];
  return { rules: rulesOf(call), market: call.query.has("market"), episodes: types.includes("episode") };
}

/** How the listener's own things look: their country is known, so Spotify says what is playable there. */
export function ownViewOf(call: ApiCall): View {
  return { ...viewOf(call), market: true };
}

/** Throws what Spotify answers to an id that stands for nothing. */
export function notFound(id: string): never {
  requireId(id);
  throw new ApiError(404, "Resource not found");
}

/** Throws ApiError 400 if a text is no id. */
export function requireId(id: string): void {
  if (!/^[0-9A-Za-z]{22}$/.test(id)) throw new ApiError(400, "Invalid base62 id");
}

/** A parameter that has to be given; throws ApiError 400 if it is not. */
export function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (!value) throw new ApiError(400, `Missing required field: ${name}`);
  return value;
}
