import { codeOf } from "../../shared/errors";
import { changedWhileRead, closeRead, dayOf, openRead, pageCursor, type PlacedPage } from "./containerRead";
import { postpone, type ListenerRun } from "./listenerRun";
import type { Access } from "./skips";

/** The listener's list of playlists, as one run of calls showed it. */
export interface Listing {
  pages: PlacedPage[];
  day: string;
  entries: ListedPlaylist[];
}

/** A playlist in the list. */
export interface ListedPlaylist {
  id: string;
  name: string | null;
  /** Its snapshot_id. */
  version: string | null;
  access: Access;
  /** Entries by Spotify's count. */
  size: number;
}

/** The parts of a list entry that decide what is read; any of them may be absent. */
interface PlaylistBody {
  id?: string;
  name?: string;
  snapshot_id?: string;
  collaborative?: boolean;
  owner?: { id?: string } | null;
  items?: { total?: number } | null;
  tracks?: { total?: number } | null;
}

const listingTries = 3;

/** Reads the list of playlists and keeps it; see {@link fetchListing}. */
export async function readPlaylists(
  run: ListenerRun,
  userId: string | undefined,
): Promise<Listing | undefined> {
  const listing = await fetchListing(run, userId);
  if (listing) await writeListing(run, listing);
  return listing;
}

/**
 * The whole list of playlists. Its pages fit together if their totals agree and no playlist stands on two of them; if
 * not, a playlist came or went meanwhile, and the list is read again. A list that does not hold still is left to the
 * next run: undefined.
 */
export async function fetchListing(
  run: ListenerRun,
  userId: string | undefined,
): Promise<Listing | undefined> {
  let before: string | undefined;
  for (let tries = 1; tries <= listingTries; tries += 1) {
    const pages = await fetchPages(run);
    if (!pages) continue;
    const entries = playlistsIn(pages, userId);
    const ids = entries.map((entry) => entry.id);
    const hasRepeats = ids.some((id, index) => ids.indexOf(id) !== index);
    // A repeat that stands in the same place twice is no playlist on the move, but how Spotify lists it.
    if (!hasRepeats || listingText(pages) === before)
      return { pages, day: dayOf(pages[0]!.date, run), entries: firstOfEach(entries) };
    before = listingText(pages);
  }
  postpone(run, changedWhileRead());
}

/** Keeps a list as a new read, visible at once: the checks of {@link fetchListing} are all that it needs. */
export async function writeListing(run: ListenerRun, listing: Listing): Promise<void> {
  const plan = {
    stream: "playlists",
    container: "playlists",
    name: null,
    version: null,
    kind: "full",
  } as const;
  const read = openRead(run, plan);
  for (const page of listing.pages) await read.add(page);
  await closeRead(run, read.whole(), (state) => state);
}

/** True if two readings of the list show the same. */
export function sameListing(one: Listing, other: Listing): boolean {
  return listingText(one.pages) === listingText(other.pages);
}

async function fetchPages(run: ListenerRun): Promise<PlacedPage[] | undefined> {
  const cursor = pageCursor((offset) => run.client.playlists(offset));
  const pages: PlacedPage[] = [];
  try {
    for (let page; (page = await cursor.next());) pages.push(page);
    return pages;
  } catch (error) {
    if (codeOf(error) !== "changed_while_read") throw error;
  }
}

function listingText(pages: PlacedPage[]): string {
  return pages.map((page) => page.text).join("\n");
}

/** Entries without an id (null ones stand for lists that Spotify hides) cannot be read; transform counts them. */
function playlistsIn(pages: PlacedPage[], userId: string | undefined): ListedPlaylist[] {
  const bodies = pages.flatMap((page) => page.items) as (PlaylistBody | null)[];
  return bodies.flatMap((body) => (typeof body?.id === "string" ? [listed(body, body.id, userId)] : []));
}

/** Without the listener's user id any playlist may be theirs, so that none is taken for somebody else's. */
function listed(body: PlaylistBody, id: string, userId: string | undefined): ListedPlaylist {
  const isOwned = userId !== undefined && body.owner?.id === userId;
  const isOpen = userId === undefined || body.collaborative;
  return {
    id,
    name: body.name ?? null,
    version: body.snapshot_id ?? null,
    access: isOwned ? "owned" : isOpen ? "collaborative" : "foreign",
    size: body.items?.total ?? body.tracks?.total ?? 0,
  };
}

function firstOfEach(entries: ListedPlaylist[]): ListedPlaylist[] {
  return entries.filter((entry, index) => entries.findIndex((other) => other.id === entry.id) === index);
}
