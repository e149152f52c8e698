import { text } from "node:stream/consumers";
import { runFailure } from "../shared/runFailures";
import type { RawWriter } from "../raw/writer";
import type { Store } from "../shared/store";

/**
 * The artists that a listener's raw objects name, and when the details of each were read. Extract sees no lake, so it
 * notes them as it lands the answers, in an object of their own: the state is written often, and they are many.
 */
export interface ArtistIndex {
  /** A landing that notes every artist in what it lands. The index is stored when all of that has landed. */
  watch(landing: RawWriter): RawWriter;
  /** Those whose details are unknown, then those read before this UTC day, the oldest first. */
  due(before: string): Promise<string[]>;
  /** Notes that the details of these were read on this UTC day; stored like what is seen. */
  markRead(ids: string[], day: string): void;
}

/** The stored form, in which each id stands once. */
interface StoredIndex {
  format: 1;
  /** Seen, but never read. */
  unread: string[];
  /** By the UTC day on which they were read last. */
  read: Record<string, string[]>;
}

/** Artist id -> UTC day of the last read of its details, "" if there was none. */
type Days = Map<string, string>;

const writeTries = 5;

/** Key of a listener's index in the raw bucket: it goes with the listener. */
export function artistIndexKey(listener: string): string {
  return `state/artist_details/${listener}.json`;
}

/**
 * Opens a listener's index; it is read when it is first needed.
 * @throws from its methods and from the watched landing: `storage` if the store fails, `state_unknown` if the stored
 * object is none that this version knows
 */
export function artistIndex(store: Store, listener: string): ArtistIndex {
  const key = artistIndexKey(listener);
  let stored: { days: Days; etag: string | undefined } | undefined;
  const notes: Days = new Map();

  const load = async () => {
    const found = await read(store, key).catch((error: unknown) => {
      throw runFailure("storage", `${key} could not be read: is the raw bucket reachable?`, error);
    });
    return { days: parse(key, found?.text), etag: found?.etag };
  };
  const write = async (days: Days, etag: string | undefined) => {
    const condition = etag === undefined ? { ifNoneMatch: "*" as const } : { ifMatch: etag };
    const body = new TextEncoder().encode(JSON.stringify(storedForm(days)));
    return { days, etag: await store.put(key, body, condition, { contentType: "application/json" }) };
  };
  const save = async () => {
    for (let tries = 1; notes.size > 0; tries += 1) {
      stored ??= await load();
      const news = [...notes].filter(([id, day]) => isNews(day, stored!.days.get(id)));
      try {
        if (news.length > 0) stored = await write(new Map([...stored.days, ...news]), stored.etag);
        notes.clear();
      } catch (error) {
        // Whether another attempt has written or only an answer was lost: what is stored now says what is still new.
        if (tries === writeTries)
          throw runFailure("storage", `${key} could not be written: is the raw bucket reachable?`, error);
        stored = undefined;
      }
    }
  };
  const note = (id: string, day: string) => {
    if (isNews(day, notes.get(id))) notes.set(id, day);
  };

  return {
    watch: (landing) => ({
      ...landing,
      async addToRead(header, day, line) {
        for (const [, id] of line.matchAll(/spotify:artist:([0-9A-Za-z]{22})/g)) note(id!, "");
        await landing.addToRead(header, day, line);
      },
      async flush() {
        await landing.flush();
        await save();
      },
    }),
    async due(before) {
      stored ??= await load();
      const due = [...stored.days].filter(([, day]) => day < before);
      return due.sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([id]) => id);
    },
    markRead(ids, day) {
      for (const id of ids) note(id, day);
    },
  };
}

async function read(store: Store, key: string): Promise<{ text: string; etag: string } | undefined> {
  const found = await store.get(key);
  return found && { text: await text(found.body), etag: found.etag };
}

/** A later day is news, and so is an artist that was never seen. */
function isNews(day: string, known: string | undefined): boolean {
  return known === undefined || day > known;
}

function storedForm(days: Days): StoredIndex {
  const form: StoredIndex = { format: 1, unread: [], read: {} };
  for (const [id, day] of days) (day === "" ? form.unread : (form.read[day] ??= [])).push(id);
  return form;
}

/** The index in a stored text, empty if there is none. */
function parse(key: string, stored: string | undefined): Days {
  const days: Days = new Map();
  if (stored === undefined) return days;
  let form: StoredIndex | undefined;
  try {
    form = JSON.parse(stored) as StoredIndex;
  } catch {
    // Told below.
  }
  if (form?.format !== 1)
    throw runFailure(
      "state_unknown",
      `${key} is not what this version writes: deploy the version that wrote it, or remove the object, which costs a second read of artists.`,
    );
  for (const id of form.unread) days.set(id, "");
  for (const [day, ids] of Object.entries(form.read)) for (const id of ids) days.set(id, day);
  return days;
}
