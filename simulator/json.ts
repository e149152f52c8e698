/** What every shape is made with. */
import { apiRoot } from "./paging";
import type { ModeRules, ObjectKind } from "./modes";

/** A JSON object. */
export type Json = Record<string, unknown>;

/** What beside the object itself decides how it looks. */
export interface View {
  rules: ModeRules;
  /** Whether the market is known: only then Spotify says what is playable there, and relinks. */
  market: boolean;
  /** Whether episodes may come as such (`additional_types=episode`). */
  episodes: boolean;
}

/** Where everything playable is available. */
export const markets = ["DE", "FR", "GB", "JP", "SE", "US"];

/** Leaves out what the mode does not show of this kind of object. */
export function shown({ rules }: View, kind: ObjectKind, object: Json): Json {
  const omitted = rules.omitted[kind];
  if (!omitted) return object;
  // Every object of every answer comes by here; Object.entries would take longer.
  const kept: Json = {};
  for (const key of Object.keys(object)) if (!omitted.includes(key)) kept[key] = object[key];
  return kept;
}

/** The fields by which every object names itself. */
export function identity(type: string, id: string): Json {
  return {
    external_urls: { spotify: `https://open.spotify.com/${type}/${id}` },
    href: `${apiRoot}/${type}s/${id}`,
    id,
    type,
    uri: `spotify:${type}:${id}`,
  };
}

/** The image of an object in three sizes; its id is made from the object's. */
export function pictures(id: string): Json[] {
  const image = Buffer.from(id).toString("hex").padEnd(37, "0").slice(0, 37);
  return [640, 300, 64].map((size) => ({
    height: size,
    url: `https://i.scdn.co/image/${image}${String(size).padStart(3, "0")}`,
    width: size,
  }));
}
