import { utcDay } from "../../raw/format";
import { hasCode } from "../../shared/runFailures";
import { changeContainer, containerKey } from "../../state/extractState";
import { artistAlbumsPageSize, pageSize, type Page, type SpotifyClient } from "../spotify/client";
import type { SpotifyFailure } from "../spotify/failures";
import type { ApiAnswer } from "../spotify/transport";
import { keepObject } from "./containerRead";
import { checkpointOf, fitsOrPostpone, type ListenerRun } from "./listenerRun";
import { changedWhileRead, PageCursor } from "./pages";
import { readOrRecord, skipRefused, type Refusable } from "./refusals";
import { reserveOrSkip, skip, type Skipped } from "./skips";
import { samePage } from "./stableList";

/** How a public source is read: its description, then the pages of the list that belongs to it. */
interface SourceReader {
  first(client: SpotifyClient, id: string): Promise<ApiAnswer>;
  /** The list, if there is one. */
  list?(client: SpotifyClient, id: string, first: ApiAnswer): SourceList | undefined;
}

/** A list to be read by pages of `size` entries, those before `from` being known. */
interface SourceList {
  size: number;
  from: number;
  fetchPage(offset: number): Promise<Page>;
}

const readers: Record<string, SourceReader> = {
  album: {
    first: (client, id) => client.album(id),
    list: (client, id, { body }) => {
      const { total = 0, items = [] } = (body.tracks ?? {}) as { total?: number; items?: unknown[] };
      const fetchPage = (offset: number) => client.albumTracks(id, offset);
      return total > items.length ? { size: pageSize, from: items.length, fetchPage } : undefined;
    },
  },
  artist: {
    first: (client, id) => client.artist(id),
    list: (client, id) => ({
      size: artistAlbumsPageSize,
      from: 0,
      fetchPage: (offset) => client.artistAlbums(id, offset),
    }),
  },
  search: { first: (client, query) => client.search(query) },
};

/**
 * Reads `album:ID`, `artist:ID` or `search:QUERY`, once a UTC day: the album with all its tracks, the artist with their
 * albums, or the first results. What may not be read is recorded as a skip.
 */
export async function readPublicSource(run: ListenerRun, source: string): Promise<void> {
  const colon = source.indexOf(":");
  const [kind, id] = [source.slice(0, colon), source.slice(colon + 1)];
  const key = containerKey(source, id);
  const day = utcDay(run.now());
  // It is no listener's own, nor anybody else's in particular.
  const skipped = { stream: source, day, container: id, name: null };
  const container: Refusable = { key, skipped, access: "collaborative" };
  if (checkpointOf(run, key).read_on === day) {
    run.counts.unchanged += 1;
    return;
  }
  if (skipRefused(run, container)) return;
  const answers = await readOrRecord(run, container, () =>
    skipRejected(run, skipped, () => fetchAll(run, readers[kind]!, skipped)),
  );
  if (!answers) return;
  for (const answer of answers) await keepObject(run, { stream: source, container: id }, answer);
  run.counts.read += 1;
  run.onceWritten.push((state) => changeContainer(state, run.listener, key, () => ({ read_on: day })));
}

/** Returns what `read` does; undefined if Spotify rejects the request, which may be due to the settings. */
async function skipRejected<T>(
  run: ListenerRun,
  skipped: Skipped,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!hasCode(error, "request_rejected")) throw error;
    const { code, status, message } = error as SpotifyFailure;
    skip(run, skipped, { reason: code, http_status: status, message, until: null });
  }
}

/** Returns all answers, or undefined if they do not fit into what is left, or into any day. */
async function fetchAll(
  run: ListenerRun,
  reader: SourceReader,
  skipped: Skipped,
): Promise<ApiAnswer[] | undefined> {
  if (!fitsOrPostpone(run, 1)) return undefined;
  const first = await reader.first(run.client, skipped.container);
  const list = reader.list?.(run.client, skipped.container, first);
  if (!list) return [first];
  const pages = await fetchPages(run, list, skipped);
  return pages && [first, ...pages];
}

/**
 * Returns all pages of a list, or undefined if they do not fit. If there are several, the first one is fetched once
 * more at the end.
 * @throws `changed_while_read` if it has changed
 */
async function fetchPages(
  run: ListenerRun,
  { size, from, fetchPage }: SourceList,
  skipped: Skipped,
): Promise<Page[] | undefined> {
  if (!fitsOrPostpone(run, 1)) return undefined;
  const cursor = new PageCursor(fetchPage, size, from);
  const first = (await cursor.next())!;
  const more = Math.ceil((first.total - from) / size) - 1;
  if (more <= 0) return [first];
  // Two calls have been made, for the description and the first page.
  if (!reserveOrSkip(run, skipped, more + 1, { everyDay: 2, isDaily: true })) return undefined;
  const pages = [first];
  while (pages.length <= more) pages.push((await cursor.next())!);
  if (!samePage(first, await fetchPage(from))) throw changedWhileRead();
  return pages;
}
