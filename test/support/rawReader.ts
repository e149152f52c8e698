import { gunzipSync } from "node:zlib";
import {
  parseRawKey,
  type CloseLine,
  type GapLine,
  type HeaderLine,
  type PageLine,
  type RawLine,
  type RunLine,
  type SkipLine,
} from "../../handlers/raw/format";
import type { StoredObject } from "../../cloud/memory/memoryStore";

/** A read that is visible by the rules of handlers/raw/format.ts. */
interface VisibleRead {
  header: HeaderLine;
  close: CloseLine;
  day: string;
  /** What stands at positions 0 to positions - 1; undefined where Spotify returned nothing. */
  entries: unknown[];
}

/** The raw bucket as a reader sees it. */
export interface RawContents {
  reads: VisibleRead[];
  skips: SkipLine[];
  gaps: GapLine[];
  runs: RunLine[];
  lines: RawLine[];
  keys: string[];
}

/**
 * A second, simple reading of the raw format. Throws if raw breaks its own rules: two contents under one read number,
 * a line without its header, a read that is closed without all of its pages.
 */
export function readRaw(objects: Map<string, StoredObject>): RawContents {
  const keys = [...objects.keys()].filter((key) => key.startsWith("raw/"));
  const contents: RawContents = { reads: [], skips: [], gaps: [], runs: [], lines: [], keys };
  const reads = new Map<
    number,
    { header: HeaderLine; day: string; pages: Map<number, string>; close?: CloseLine }
  >();
  for (const key of keys) {
    const place = parseRawKey(key);
    if (!place) throw new Error(`${key} is no raw key.`);
    const headersHere = new Set<number>();
    for (const text of gunzipSync(objects.get(key)!.body).toString("utf8").split("\n").slice(0, -1)) {
      const line = JSON.parse(text) as RawLine;
      contents.lines.push(line);
      if (line.kind === "skip") contents.skips.push(line);
      if (line.kind === "run") contents.runs.push(line);
      if (line.kind === "gap") contents.gaps.push(line);
      if (line.kind === "skip" || line.kind === "run" || line.kind === "gap") continue;
      if (line.kind === "header") {
        headersHere.add(line.read_seq);
        const read = reads.get(line.read_seq);
        if (!read) reads.set(line.read_seq, { header: line, day: place.day, pages: new Map() });
        else if (JSON.stringify(read.header) !== JSON.stringify(line) || read.day !== place.day)
          throw new Error(`Two reads have the number ${line.read_seq}.`);
        continue;
      }
      if (!headersHere.has(line.read_seq)) throw new Error(`${key} has a line before its header.`);
      const read = reads.get(line.read_seq)!;
      if (line.kind === "close") read.close = line;
      if (line.kind === "page") {
        if ((read.pages.get(line.offset) ?? text) !== text) throw new Error(`Two pages at ${line.offset}.`);
        read.pages.set(line.offset, text);
      }
    }
  }
  for (const { header, day, pages, close } of reads.values()) {
    if (!close) continue;
    if (pages.size !== close.pages) throw new Error(`Read ${header.read_seq} is closed, but not all there.`);
    const entries: unknown[] = Array.from({ length: close.positions });
    for (const text of pages.values()) {
      const { offset, body } = JSON.parse(text) as PageLine;
      const { artists, items } = body as { artists?: { items: unknown[] }; items: unknown[] };
      (artists?.items ?? items).forEach((item, index) => {
        if (offset + index < close.positions) entries[offset + index] = item;
      });
    }
    contents.reads.push({ header, close, day, entries });
  }
  contents.reads.sort((a, b) => a.header.read_seq - b.header.read_seq);
  return contents;
}

/** The newest contents of each playlist that was ever read, as track ids. */
export function playlistsIn(raw: RawContents): Record<string, (string | undefined)[]> {
  const playlists: Record<string, (string | undefined)[]> = {};
  for (const { header, entries } of raw.reads)
    if (header.stream === "playlist_items" || header.stream.startsWith("playlist:"))
      playlists[header.container] = entries.map(
        (entry) => (entry as { item?: { id: string } } | undefined)?.item?.id,
      );
  return playlists;
}

/** A library: the newest full read and what was added to it since, as ids of what is saved, in no order. */
export function libraryIn(raw: RawContents, stream = "saved_tracks"): Set<string> {
  const reads = raw.reads.filter(({ header }) => header.stream === stream);
  const version = reads.filter(({ header }) => header.read_kind === "full").at(-1)?.header.read_seq;
  const current = reads.filter(({ header }) => header.library_version === version);
  const ids = current.flatMap(({ entries }) =>
    entries.map((entry) => {
      const { track, album } = entry as { track?: { id: string }; album?: { id: string } };
      return (track ?? album)!.id;
    }),
  );
  return new Set(ids);
}

/** The ids in the newest list of playlists. */
export function listingIn(raw: RawContents): (string | undefined)[] {
  const listing = raw.reads.filter(({ header }) => header.stream === "playlists").at(-1);
  return (listing?.entries ?? []).map((entry) => (entry as { id: string } | null)?.id);
}

/** The ids in the newest read of a container, of what is listed or saved. */
export function idsIn(raw: RawContents, container: string): (string | undefined)[] | undefined {
  const read = raw.reads.filter(({ header }) => header.container === container).at(-1);
  return read?.entries.map((entry) => {
    const { show, episode } = (entry ?? {}) as { show?: { id: string }; episode?: { id: string } };
    return (show ?? episode ?? (entry as { id: string } | undefined))?.id;
  });
}

/** Every play that raw holds, once, as `played_at id`, in no order. */
export function playsIn(raw: RawContents): Set<string> {
  const seqs = raw.lines.flatMap((line) =>
    line.kind === "header" && line.stream === "recently_played" ? [line.read_seq] : [],
  );
  const bodies = raw.lines.flatMap((line) =>
    line.kind === "object" && seqs.includes(line.read_seq) ? [line.body] : [],
  );
  const plays = bodies.flatMap((body) => (body as { items: unknown[] }).items) as {
    played_at: string;
    track: { id: string };
  }[];
  return new Set(plays.map(({ played_at, track }) => `${played_at} ${track.id}`));
}
