import { bodyLine } from "../../raw/writer";
import { utcDay, type CloseLine, type HeaderLine, type ReadKind, type SkipLine } from "../../raw/format";
import type { Page } from "../spotify/client";
import type { ApiAnswer } from "../spotify/transport";
import type { ExtractState, PendingRead } from "../../state/extractState";
import { iso, type ListenerRun } from "./listenerRun";
import { PageCursor, type PlacedPage } from "./pages";

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

/** A read in progress, under a number of its own: its pages go to the raw writer as they come. */
export class OpenRead {
  private readonly readSeq: number;
  private read: PendingRead | undefined;

  constructor(
    private readonly run: ListenerRun,
    private readonly plan: ReadPlan,
  ) {
    this.readSeq = run.session.nextReadSeq();
  }

  async add(page: PlacedPage): Promise<void> {
    const { run, plan, readSeq } = this;
    const { offset, date, text, items, total, missing, request } = page;
    const header = headerOf(run, plan, readSeq, request);
    const read = (this.read ??= { header, day: dayOf(date, run), pages: 0, positions: 0 });
    const line = bodyLine({ kind: "page", read_seq: readSeq, offset, date }, text);
    await run.rawWriter.addToRead(read.header, read.day, line);
    if (missing > 0) {
      const skip = JSON.stringify(missingEntries(run, plan, page));
      await run.rawWriter.addToRead(read.header, read.day, skip);
    }
    read.pages += 1;
    read.positions = Math.max(total, offset + items.length);
  }

  /** Takes back what is not written yet; what is written never becomes visible. */
  drop(): void {
    this.run.rawWriter.drop(this.readSeq);
  }

  /** Returns the read after its last page. */
  whole(): PendingRead {
    return this.read!;
  }
}

/** Reads a whole list; what was collected of it is dropped if that fails. */
export async function readWhole(
  run: ListenerRun,
  plan: ReadPlan,
  fetchPage: (offset: number) => Promise<Page>,
): Promise<PendingRead> {
  const cursor = new PageCursor(fetchPage);
  const read = new OpenRead(run, plan);
  try {
    for (let page; (page = await cursor.next());) await read.add(page);
  } catch (error) {
    read.drop();
    throw error;
  }
  return read.whole();
}

/** Adds the closing record, under the read's own day; `checkpoint` is applied once it is written. */
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

/** Writes an answer that is an object as a read of its own, visible at once; returns its UTC day. */
export async function keepObject(
  run: ListenerRun,
  what: Pick<ReadPlan, "stream" | "container"> & Partial<ReadPlan>,
  { text, date, request }: ApiAnswer,
): Promise<string> {
  const readSeq = run.session.nextReadSeq();
  const day = dayOf(date, run);
  const plan: ReadPlan = { name: null, version: null, kind: "full", ...what };
  const line = bodyLine({ kind: "object", read_seq: readSeq, date }, text);
  await run.rawWriter.addToRead(headerOf(run, plan, readSeq, request), day, line);
  return day;
}

/** Returns the UTC day of a Date header; today by our clock if it is no date. */
export function dayOf(date: string, run: ListenerRun): string {
  const ms = Date.parse(date);
  return utcDay(Number.isNaN(ms) ? run.now() : ms);
}

/** Returns the header of a read whose first request was `request`. */
function headerOf(run: ListenerRun, plan: ReadPlan, readSeq: number, request: string): HeaderLine {
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

function missingEntries(run: ListenerRun, plan: ReadPlan, page: PlacedPage): SkipLine {
  return {
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
}
