import { artistAlbumsPageSize, pageSize, type Page } from "../spotify/client";
import type { SpotifyFailure } from "../spotify/failures";
import type { ApiAnswer } from "../spotify/transport";
import { utcDay } from "../../raw/format";
import { changeContainer, containerKey, listenerState } from "../../state/extractState";
import { changedWhileRead, keepObject, pageCursor } from "./containerRead";
import { hasCalls, type ListenerRun } from "./listenerRun";
import { reserveOrSkip, recordRefusal, skip, activeRefusal, type Skipped } from "./skips";
import { samePage } from "./stableList";

/** A source is nobody's in particular. */
const access = "collaborative";

/** How a source of Spotify's catalogue is read: its description, then the pages of what belongs to it. */
interface Reading {
  first(run: ListenerRun, id: string): Promise<ApiAnswer>;
  /** The pages, if there are any. */
  rest?(run: ListenerRun, id: string, first: ApiAnswer): Rest | undefined;
}

/** A list to be read by pages of `size` entries, those before `from` being known. */
interface Rest {
  size: number;
  from: number;
  fetchPage(offset: number): Promise<Page>;
}

const readings: Record<string, Reading> = {
  album: {
    first: ({ client }, id) => client.album(id),
    rest: ({ client }, id, { body }) => {
      const { total = 0, items = [] } = (body.tracks ?? {}) as { total?: number; items?: unknown[] };
      const fetchPage = (offset: number) => client.albumTracks(id, offset);
      return total > items.length ? { size: pageSize, from: items.length, fetchPage } : undefined;
    },
  },
  artist: {
    first: ({ client }, id) => client.artist(id),
    rest: ({ client }, id) => ({
      size: artistAlbumsPageSize,
      from: 0,
      fetchPage: (offset) => client.artistAlbums(id, offset),
    }),
  },
  search: { first: ({ client }, query) => client.search(query) },
};

/**
 * Reads `album:ID`, `artist:ID` or `search:QUERY`, once a UTC day: the album with all its tracks, the artist with their
 * albums, or the first results. What may not be read is recorded and passed over.
 */
export async function readPublicSource(run: ListenerRun, source: string): Promise<void> {
  const colon = source.indexOf(":");
  const [kind, id] = [source.slice(0, colon), source.slice(colon + 1)];
  const key = containerKey(source, id);
  const { read_on, refused } = listenerState(run.session.state(), run.listener).containers[key] ?? {};
  const day = utcDay(run.now());
  const place = { stream: source, day, container: id, name: null };
  if (read_on === day) {
    run.counts.unchanged += 1;
    return;
  }
  const standing = activeRefusal(run, refused, access);
  if (standing) {
    skip(run, place, standing);
    return;
  }
  try {
    const answers = await fetchAll(run, readings[kind]!, place);
    if (!answers) return;
    for (const answer of answers) await keepObject(run, { stream: source, container: id }, answer);
    run.counts.read += 1;
    run.onceWritten.push((state) => changeContainer(state, run.listener, key, () => ({ read_on: day })));
  } catch (error) {
    if (recordRefusal(run, key, place, error, access)) return;
    const { code, status, message } = error as SpotifyFailure;
    if (code === "request_rejected")
      skip(run, place, { reason: code, http_status: status, message, until: null });
    else throw error;
  }
}

/**
 * All answers, or undefined if they do not fit into what is left, or into any day. A list of several pages is looked at
 * once more at the end: throws `changed_while_read` if it has not held still.
 */
async function fetchAll(run: ListenerRun, reading: Reading, place: Skipped): Promise<ApiAnswer[] | undefined> {
  if (!hasCalls(run, 1)) return undefined;
  const answers: ApiAnswer[] = [await reading.first(run, place.container)];
  const rest = reading.rest?.(run, place.container, answers[0]!);
  if (!rest || !hasCalls(run, 1)) return rest ? undefined : answers;
  const { size, from, fetchPage } = rest;
  const cursor = pageCursor(fetchPage, size, from);
  const first = (await cursor.next())!;
  const more = Math.ceil((first.total - from) / size) - 1;
  // After two calls; one more looks at the list again.
  if (more > 0 && !reserveOrSkip(run, place, more + 1, { everyDay: 2, isDaily: true })) return undefined;
  const pages = [first];
  while (pages.length <= more) pages.push((await cursor.next())!);
  if (more > 0 && !samePage(first, await fetchPage(from))) throw changedWhileRead();
  return [...answers, ...pages];
}
