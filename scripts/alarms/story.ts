/** What goes wrong in the simulated month, and what people do about it. */
import type { HttpFault } from "../../simulator/faults";
import { dayMs, hourMs } from "../../simulator/times";

export const monthStart = Date.parse("2026-03-02T00:00:00Z");
export const monthDays = 28;
export const monthEnd = monthStart + monthDays * dayMs;

/** A trouble, or what ends one. */
export interface Happening {
  /** ms UTC */
  time: number;
  /** What is written at the time in the picture. */
  says: string;
  does:
    /** Spotify cannot be reached, or can be again. */
    | { kind: "network"; isUp: boolean }
    /** Spotify answers like that from here on, to requests for paths that start so; undefined: as usual. */
    | { kind: "answers"; fault: HttpFault | undefined; path: string }
    /** One of so many tracks has a length that cannot be; undefined: none. */
    | { kind: "lengths"; oneOf: number | undefined }
    | { kind: "login" }
    | { kind: "redrive" }
    /** Somebody writes a file into the raw bucket that is none of the pipeline's. */
    | { kind: "damage" };
}

/** When the listener signed in, ms UTC: six months end on 2 April. */
export const firstSignIn = Date.parse("2025-10-02T00:00:00Z");

const api = "/v1/";
const accounts = "/api/token";

/** In order of time. */
export const story: Happening[] = [
  at(4, 4, "a few tracks have impossible lengths", { kind: "lengths", oneOf: 40 }),
  at(4, 5, "", { kind: "lengths", oneOf: undefined }),
  at(7, 1, "Spotify cannot be reached for a day", { kind: "network", isUp: false }),
  at(8, 1, "", { kind: "network", isUp: true }),
  at(8, 9, "redrive", { kind: "redrive" }),
  at(13, 10, "login", { kind: "login" }),
  at(15, 4, "Spotify's quota, three days in a row", quota()),
  at(15, 5, "", usual()),
  at(16, 4, "", quota()),
  at(16, 5, "", usual()),
  at(17, 4, "", quota()),
  at(17, 5, "", usual()),
  at(20, 4, "many tracks have impossible lengths", { kind: "lengths", oneOf: 2 }),
  at(20, 5, "", { kind: "lengths", oneOf: undefined }),
  at(22, 12, "the consent is withdrawn", { kind: "answers", fault: refusal(), path: accounts }),
  at(24, 9, "", usual()),
  at(24, 9, "login", { kind: "login" }),
  at(27, 12, "a damaged file lies in raw", { kind: "damage" }),
];

/** @param day from 0 */
function at(day: number, hour: number, says: string, does: Happening["does"]): Happening {
  return { time: monthStart + day * dayMs + hour * hourMs, says, does };
}

function quota(): Happening["does"] {
  return { kind: "answers", fault: { kind: "quota", retryAfter: 4 * 3600 }, path: `${api}me/playlists` };
}

function usual(): Happening["does"] {
  return { kind: "answers", fault: undefined, path: "" };
}

function refusal(): HttpFault {
  const body = { error: "invalid_grant", error_description: "Refresh token revoked" };
  return { kind: "status", status: 400, body };
}
