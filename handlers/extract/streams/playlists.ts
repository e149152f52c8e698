import { hasCode } from "../../shared/runFailures";
import { closeRead, dayOf, OpenRead } from "./containerRead";
import { postpone, type ListenerRun } from "./listenerRun";
import { changedWhileRead, PageCursor, type PlacedPage } from "./pages";
import { sizeOf, type PlaylistBody } from "./playlistContents";
import type { Access } from "./refusals";

/** The listener's list of playlists, whose pages fit together. */
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

const listingTries = 3;

/** Reads the list of playlists and writes it; see {@link fetchListing}. */
export async function readPlaylists(
  run: ListenerRun,
  userId: string | undefined,
): Promise<Listing | undefined> {
  const listing = await fetchListing(run, userId);
  if (listing) await writeListing(run, listing);
  return listing;
}

/**
 * Returns the whole list of playlists. Its pages fit together if their totals agree and no playlist is on two of them;
 * if not, a playlist came or went meanwhile, and the list is read again. Undefined if it keeps changing: then it is
 * postponed.
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
    // The same repeat in two readings is not due to a change: Spotify lists the playlist twice.
    if (!hasRepeats || listingText(pages) === before)
      return { pages, day: dayOf(pages[0]!.date, run), entries: firstOfEach(entries) };
    before = listingText(pages);
  }
  postpone(run, changedWhileRead());
}

/** Writes a list as a new read, visible at once: the checks of {@link fetchListing} are all that it needs. */
export async function writeListing(run: ListenerRun, listing: Listing): Promise<void> {
  const list = { stream: "playlists", container: "playlists", name: null };
  const read = new OpenRead(run, { ...list, version: null, kind: "full" });
  for (const page of listing.pages) await read.add(page);
  await closeRead(run, read.whole(), (state) => state);
}

/** Returns whether two readings of the list are the same. */
export function sameListing(one: Listing, other: Listing): boolean {
  return listingText(one.pages) === listingText(other.pages);
}

async function fetchPages(run: ListenerRun): Promise<PlacedPage[] | undefined> {
  const cursor = new PageCursor((offset) => run.client.playlists(offset));
  const pages: PlacedPage[] = [];
  try {
    for (let page; (page = await cursor.next());) pages.push(page);
    return pages;
  } catch (error) {
    if (!hasCode(error, "changed_while_read")) throw error;
  }
}

function listingText(pages: PlacedPage[]): string {
  return pages.map((page) => page.text).join("\n");
}

/** Returns the entries with an id. Others, such as null for a hidden list, cannot be read; transform counts them. */
function playlistsIn(pages: PlacedPage[], userId: string | undefined): ListedPlaylist[] {
  const bodies = pages.flatMap((page) => page.items) as (PlaylistBody | null)[];
  return bodies.flatMap((body) => (typeof body?.id === "string" ? [listed(body, body.id, userId)] : []));
}

/** If the listener's user id is unknown, any playlist may be theirs: none counts as somebody else's. */
function listed(body: PlaylistBody, id: string, userId: string | undefined): ListedPlaylist {
  const isOwned = userId !== undefined && body.owner?.id === userId;
  const isOpen = userId === undefined || body.collaborative;
  return {
    id,
    name: body.name ?? null,
    version: body.snapshot_id ?? null,
    access: isOwned ? "owned" : isOpen ? "collaborative" : "foreign",
    size: sizeOf(body),
  };
}

function firstOfEach(entries: ListedPlaylist[]): ListedPlaylist[] {
  return entries.filter((entry, index) => entries.findIndex((other) => other.id === entry.id) === index);
}
