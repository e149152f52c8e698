import { runFailure } from "../../shared/runFailures";
import { bodyLine } from "../../raw/writer";
import { utcDay, type CloseLine, type HeaderLine, type ReadKind, type SkipLine } from "../../raw/format";
import { pageSize, type Page } from "../spotify/client";
import type { ApiAnswer } from "../spotify/transport";
import type { ExtractState, PendingRead } from "../../state/extractState";
import { iso, type ListenerRun } from "./listenerRun";

/** What is to be read. */
export interface ReadPlan {
  stream: string;
  container: string;
  name: string | null;
  version: string | null;
  kind: ReadKind;
  /** `read_seq` of the full read that additions belong to. */
  libraryVersion?: number;
}

/** A page in its place. */
export interface PlacedPage extends Page {
  offset: number;
  /** Entries that the page should hold and does not, asked twice. */
  missing: number;
}

/** Pages that hold `positions` entries; an empty list is one page, too. */
export function pagesFor(positions: number): number {
  return Math.max(1, Math.ceil(positions / pageSize));
}

/**
 * Goes through a list page by page, by offsets of our own: Spotify's `next` may point to a removed path.
 * `next` gives undefined after the last page and throws `changed_while_read` if the total is not the same on every page.
 */
export function pageCursor(fetchPage: (offset: number) => Promise<Page>, size = pageSize, from = 0) {
  let offset = from;
  let total: number | undefined;
  const ask = async () => {
    const page = await fetchPage(offset);
    if (total !== undefined && total !== page.total) throw changedWhileRead();
    total = page.total;
    return page;
  };
  return {
    async next(): Promise<PlacedPage | undefined> {
      if (total !== undefined && offset >= total) return undefined;
      let page = await ask();
      const expected = Math.min(size, page.total - offset);
      // Spotify drops entries that it cannot show from a page, yet counts them in the total. One more question tells
      // that from a hiccup; then the gap is part of the list as Spotify gives it, and the read is as whole as it gets.
      if (page.items.length < expected) page = await ask();
      const placed = { ...page, offset, missing: Math.max(0, expected - page.items.length) };
      offset += size;
      return placed;
    },
  };
}

/** The failure of a read whose container did not hold still; the next run reads it again. */
export function changedWhileRead() {
  return runFailure("changed_while_read", "A list changed while it was read: the next run reads it again.");
}

/** A read under way: its pages go to the landing as they come. */
export interface OpenRead {
  add(page: PlacedPage): Promise<void>;
  /** Takes back what has not landed; what has landed never becomes visible. */
  drop(): void;
  /** The read after its last page. */
  whole(): PendingRead;
}

/** Begins a read under a new number. */
export function openRead(run: ListenerRun, plan: ReadPlan): OpenRead {
  const readSeq = run.session.nextReadSeq();
  let read: PendingRead | undefined;
  return {
    async add(page) {
      read ??= {
        header: header(run, plan, readSeq, page.request),
        day: dayOf(page.date, run),
        pages: 0,
        positions: 0,
      };
      const { offset, date, text, items, total } = page;
      const line = bodyLine({ kind: "page", read_seq: readSeq, offset, date }, text);
      await run.rawWriter.addToRead(read.header, read.day, line);
      if (page.missing > 0) await addMissing(run, plan, read, page);
      read.pages += 1;
      read.positions = Math.max(total, offset + items.length);
    },
    drop() {
      run.rawWriter.drop(readSeq);
    },
    whole: () => read!,
  };
}

/** Reads a whole list; what was collected of it is dropped if that fails. */
export async function readWhole(
  run: ListenerRun,
  plan: ReadPlan,
  fetchPage: (offset: number) => Promise<Page>,
): Promise<PendingRead> {
  const cursor = pageCursor(fetchPage);
  const read = openRead(run, plan);
  try {
    for (let page; (page = await cursor.next());) await read.add(page);
  } catch (error) {
    read.drop();
    throw error;
  }
  return read.whole();
}

/** Adds the closing record, under the read's own day; `checkpoint` comes true when it has landed. */
export async function closeRead(
  run: ListenerRun,
  read: PendingRead,
  checkpoint: (state: ExtractState) => ExtractState,
): Promise<void> {
  const { header, day, pages, positions } = read;
  const { read_seq, container, version, stream } = header;
  const completed_at = iso(run.now());
  const close: CloseLine = { kind: "close", read_seq, container, version, pages, positions, completed_at };
  await run.rawWriter.addToRead(header, day, JSON.stringify(close));
  run.onceWritten.push(checkpoint);
  run.counts.read += 1;
  run.log({ message: "container read", stream, container, read_seq, pages, positions });
}

/** Keeps an answer that is an object, visible at once, as a read of its own; returns its UTC day. */
export async function keepObject(
  run: ListenerRun,
  what: Pick<ReadPlan, "stream" | "container"> & Partial<ReadPlan>,
  { text, date, request }: ApiAnswer,
): Promise<string> {
  const readSeq = run.session.nextReadSeq();
  const day = dayOf(date, run);
  const plan: ReadPlan = { name: null, version: null, kind: "full", ...what };
  const line = bodyLine({ kind: "object", read_seq: readSeq, date }, text);
  await run.rawWriter.addToRead(header(run, plan, readSeq, request), day, line);
  return day;
}

/** The header of a read whose first request was `request`. */
function header(run: ListenerRun, plan: ReadPlan, readSeq: number, request: string): HeaderLine {
  return {
    kind: "header",
    format: 1,
    listener: run.listener,
    stream: plan.stream,
    container: plan.container,
    read_seq: readSeq,
    run_id: run.runId,
    request,
    version: plan.version,
    read_kind: plan.kind,
    library_version: plan.libraryVersion ?? readSeq,
  };
}

/** The UTC day of a Date header; today's by our clock if it is no date. */
export function dayOf(date: string, run: ListenerRun): string {
  const ms = Date.parse(date);
  return utcDay(Number.isNaN(ms) ? run.now() : ms);
}

async function addMissing(
  run: ListenerRun,
  plan: ReadPlan,
  read: PendingRead,
  page: PlacedPage,
): Promise<void> {
  const skip: SkipLine = {
    kind: "skip",
    listener: run.listener,
    stream: plan.stream,
    run_id: run.runId,
    container: plan.container,
    container_name: plan.name,
    position: page.offset + page.items.length,
    reason: "not_returned",
    http_status: null,
    message: "Spotify counts these entries, but does not return them.",
    count: page.missing,
    until: null,
    at: iso(run.now()),
  };
  await run.rawWriter.addToRead(read.header, read.day, JSON.stringify(skip));
}
