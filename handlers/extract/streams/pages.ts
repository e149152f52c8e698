import { runFailure } from "../../shared/runFailures";
import { pageSize, type Page } from "../spotify/client";

/** A page of a list, with its place in it. */
export interface PlacedPage extends Page {
  offset: number;
  /** Entries that the page should hold and does not, although it was asked for twice. */
  missing: number;
}

/** Returns how many pages hold `positions` entries; an empty list is one page, too. */
export function pagesFor(positions: number): number {
  return Math.max(1, Math.ceil(positions / pageSize));
}

/** Returns the failure of a read whose container changed meanwhile; the next run reads it again. */
export function changedWhileRead() {
  return runFailure("changed_while_read", "A list changed while it was read: the next run reads it again.");
}

/** Goes through a list page by page, by offsets of our own: Spotify's `next` may point to a removed path. */
export class PageCursor {
  private total: number | undefined;

  constructor(
    private readonly fetchPage: (offset: number) => Promise<Page>,
    private readonly size = pageSize,
    private offset = 0,
  ) {}

  /**
   * Returns the next page, or undefined after the last one.
   * @throws `changed_while_read` if the total is not the same on every page
   */
  async next(): Promise<PlacedPage | undefined> {
    if (this.total !== undefined && this.offset >= this.total) return undefined;
    let page = await this.fetch();
    const expected = Math.min(this.size, page.total - this.offset);
    // Spotify leaves out entries that it cannot show, but counts them in the total. A second request tells that from a
    // passing fault; if entries are missing again, they are missing from the list.
    if (page.items.length < expected) page = await this.fetch();
    const { offset } = this;
    this.offset += this.size;
    return { ...page, offset, missing: Math.max(0, expected - page.items.length) };
  }

  private async fetch(): Promise<Page> {
    const page = await this.fetchPage(this.offset);
    if (this.total !== undefined && this.total !== page.total) throw changedWhileRead();
    this.total = page.total;
    return page;
  }
}
