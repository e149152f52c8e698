import { bodyLine } from "../landing";
import { artistAlbumsPageSize, pageSize, type Page } from "../spotify";
import type { Answer } from "../spotifyTransport";
import { utcDay } from "../raw";
import { changeContainer, containerKey, listenerState } from "../state";
import { dayOf, header, pageCursor } from "./reads";
import { lackFor, leaveOver, type ListenerRun } from "./run";
import { refusalIn, refuse, skip, standingRefusal } from "./skips";

/** A source is nobody's in particular. */
const access = "collaborative";

/** How a source of Spotify's catalogue is read: its description, then the pages of what belongs to it. */
interface Reading {
  first(run: ListenerRun, id: string): Promise<Answer>;
  /** The pages, if there are any. */
  rest?(run: ListenerRun, id: string, first: Answer): Rest | undefined;
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
export async function readCatalogue(run: ListenerRun, source: string): Promise<void> {
  const colon = source.indexOf(":");
  const [kind, id] = [source.slice(0, colon), source.slice(colon + 1)];
  const key = containerKey(source, id);
  const { read_on, refused } = listenerState(run.session.state(), run.listener).containers[key] ?? {};
  const day = utcDay(run.now());
  const place = { stream: source, day, container: id, name: null };
  if (read_on === day) {
    run.tally.unchanged += 1;
    return;
  }
  const standing = standingRefusal(run, refused, access);
  if (standing) {
    skip(run, place, standing);
    return;
  }
  try {
    const answers = await fetchAll(run, readings[kind]!, id);
    if (!answers) return;
    for (const answer of answers) await keep(run, source, id, answer);
    run.tally.read += 1;
    run.afterLanding.push((state) => changeContainer(state, run.listener, key, () => ({ read_on: day })));
  } catch (error) {
    const refusal = refusalIn(run, error, access);
    if (!refusal) throw error;
    refuse(run, key, place, refusal);
  }
}

/** All answers, or undefined if they do not fit into what is left. */
async function fetchAll(run: ListenerRun, reading: Reading, id: string): Promise<Answer[] | undefined> {
  if (!fits(run, 1)) return undefined;
  const answers: Answer[] = [await reading.first(run, id)];
  const rest = reading.rest?.(run, id, answers[0]!);
  if (!rest) return answers;
  const { size, from, fetchPage } = rest;
  const cursor = pageCursor(fetchPage, size, from);
  for (let left = 1; left > 0;) {
    if (!fits(run, left)) return undefined;
    const page = (await cursor.next())!;
    answers.push(page);
    left = Math.ceil((page.total - page.offset) / size) - 1;
  }
  return answers;
}

function fits(run: ListenerRun, calls: number): boolean {
  const lack = lackFor(run, calls);
  if (lack) leaveOver(run, lack);
  return !lack;
}

async function keep(run: ListenerRun, stream: string, container: string, answer: Answer): Promise<void> {
  const { text, date, request } = answer;
  const readSeq = run.session.nextReadSeq();
  const plan = { stream, container, name: null, version: null, kind: "full" } as const;
  const line = bodyLine({ kind: "object", read_seq: readSeq, date }, text);
  await run.landing.addToRead(header(run, plan, readSeq, request), dayOf(date, run), line);
}
