import { readScopes } from "../../simulator/accounts";
import { answerTo } from "../../simulator/endpoints";
import { ApiError } from "../../simulator/errors";
import { silence } from "../../simulator/plays";
import { libraryOf } from "../support/simulator/small";
import type { ApiCall } from "../../simulator/apiCall";

/** What an answer depends on beside the path; a listener who agreed to everything asks in development mode unless said. */
export type Asked = Partial<Omit<ApiCall, "id" | "query">>;

export type Body = Record<string, unknown>;

/** A page, its entries typed as loosely as tests need. */
export interface Page extends Body {
  items: (Body & { item: Body; track: Body })[];
  next: string | null;
  total: number;
}

/** The body that answers a path with query. */
export function ask<T = Body>(path: string, asked: Asked = {}): T {
  const [plain = "", query] = path.split("?");
  return answerTo(plain, {
    query: new URLSearchParams(query),
    grant: "listener",
    scopes: readScopes,
    library: libraryOf({}),
    listening: silence,
    now: 0,
    mode: "development",
    ...asked,
  }) as T;
}

/** Status and message of the refusal that answers a path with query. */
export function refusal(path: string, asked?: Asked): [number, string] {
  try {
    ask(path, asked);
  } catch (error) {
    if (error instanceof ApiError) return [error.status, error.message];
    throw error;
  }
  throw new Error(`${path} was answered.`);
}

/** The path and query of an address that an answer names. */
export function pathOf(address: string | null): string {
  const { pathname, search } = new URL(address!);
  return pathname + search;
}
