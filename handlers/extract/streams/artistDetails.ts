import type { ArtistIndex } from "../artistIndex";
import { utcDay } from "../../raw/format";
import { keepObject } from "./containerRead";
import { flushAndCheckpoint, fitsOrPostpone, iso, tolerateFailure, type ListenerRun } from "./listenerRun";
import { readOrSkip } from "./refusals";
import { skip } from "./skips";

const stream = "artist_details";

/** The most artists that one call gives. */
const batchSize = 50;

/** Genres, followers and popularity change slowly. */
const refreshMs = 90 * 86_400_000;

/**
 * Reads the details of the artists in the listener's data, as far as the budget goes: those never read, then those read
 * more than 90 days ago. Each call is a turn.
 */
export async function* readArtistDetails(run: ListenerRun, artists: ArtistIndex): AsyncGenerator<void, void> {
  // Artists that this run has found are due, too.
  await flushAndCheckpoint(run);
  const due = await artists.due(utcDay(run.now() - refreshMs));
  for (let start = 0; start < due.length; start += batchSize) {
    if (!fitsOrPostpone(run, 1)) return;
    const ids = due.slice(start, start + batchSize);
    const isRead = await tolerateFailure(run, () =>
      readOrSkip(run, stream, () => readBatch(run, artists, ids)),
    );
    if (!isRead) return;
    yield;
  }
}

/** Reads one call's artists. Those that the answer lacks are skipped, and asked for again when the others are. */
async function readBatch(run: ListenerRun, artists: ArtistIndex, ids: string[]): Promise<true> {
  const answer = await run.client.artists(ids);
  const day = await keepObject(run, { stream, container: stream }, answer);
  const given = (answer.body.artists as ({ id?: string } | null)[]).map((artist) => artist?.id);
  const why = {
    reason: "not_found",
    http_status: null,
    message: "Spotify returned no such artist.",
    until: iso(run.now() + refreshMs),
  };
  for (const id of ids) if (!given.includes(id)) skip(run, { stream, day, container: id, name: null }, why);
  artists.markRead(ids, day);
  run.counts.read += 1;
  run.log({ message: "artists read", artists: ids.length });
  return true;
}
