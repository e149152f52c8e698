import { runFailure, storageFailure } from "../shared/runFailures";
import type { RawWriter } from "../raw/writer";
import { readText, type Store } from "../shared/store";

/** The stored form, in which each id occurs once. */
interface StoredIndex {
  format: 1;
  /** Found, but never read. */
  unread: string[];
  /** By the UTC day on which they were read last. */
  read: Record<string, string[]>;
}

/** Artist id -> UTC day of the last read of its details, "" if there was none. */
type Days = Map<string, string>;

const writeTries = 5;

/** Returns the key of a listener's index in the raw bucket, which is deleted with the listener. */
export function artistIndexKey(listener: string): string {
  return `state/artist_details/${listener}.json`;
}

/**
 * The artists in a listener's raw objects, and when the details of each were read. Extract cannot query the lake, so it
 * collects them while it writes answers. They have an object of their own, since they are many and the state is written
 * often.
 * @throws from its methods and from the watched writer: `storage` if the store fails, `state_unknown` if this version
 * does not know the stored object
 */
export class ArtistIndex {
  private readonly key: string;
  /** Read when it is first needed. */
  private stored: { days: Days; etag: string | undefined } | undefined;
  /** What the stored index does not have yet. */
  private readonly news: Days = new Map();

  constructor(
    private readonly store: Store,
    listener: string,
  ) {
    this.key = artistIndexKey(listener);
  }

  /** Returns a raw writer that notes every artist in what it writes, and stores the index once that is written. */
  watch(writer: RawWriter): RawWriter {
    return {
      ...writer,
      addToRead: async (header, day, line) => {
        for (const [, id] of line.matchAll(/spotify:artist:([0-9A-Za-z]{22})/g)) this.note(id!, "");
        await writer.addToRead(header, day, line);
      },
      flush: async () => {
        await writer.flush();
        await this.save();
      },
    };
  }

  /** Returns the artists whose details were never read, then those read before this UTC day, the oldest first. */
  async due(before: string): Promise<string[]> {
    this.stored ??= await this.load();
    const due = [...this.stored.days].filter(([, day]) => day < before);
    return due.sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([id]) => id);
  }

  /** Notes that the details of these were read on this UTC day; stored together with what was found. */
  markRead(ids: string[], day: string): void {
    for (const id of ids) this.note(id, day);
  }

  private note(id: string, day: string): void {
    if (isNews(day, this.news.get(id))) this.news.set(id, day);
  }

  private async save(): Promise<void> {
    for (let tries = 1; this.news.size > 0; tries += 1) {
      const { days, etag } = (this.stored ??= await this.load());
      const news = [...this.news].filter(([id, day]) => isNews(day, days.get(id)));
      try {
        if (news.length > 0) this.stored = await this.write(new Map([...days, ...news]), etag);
        this.news.clear();
      } catch (error) {
        // Another attempt may have written, or only the answer was lost: the stored index says what is still new.
        if (tries === writeTries) throw storageFailure(`${this.key} could not be written`, error);
        this.stored = undefined;
      }
    }
  }

  private async load() {
    const found = await readText(this.store, this.key).catch((error: unknown) => {
      throw storageFailure(`${this.key} could not be read`, error);
    });
    return { days: parse(this.key, found?.text), etag: found?.etag };
  }

  private async write(days: Days, etag: string | undefined) {
    const condition = etag === undefined ? { ifNoneMatch: "*" as const } : { ifMatch: etag };
    const body = new TextEncoder().encode(JSON.stringify(storedForm(days)));
    return {
      days,
      etag: await this.store.put(this.key, body, condition, { contentType: "application/json" }),
    };
  }
}

/** Returns whether a day is later than the known one, or the artist unknown. */
function isNews(day: string, known: string | undefined): boolean {
  return known === undefined || day > known;
}

function storedForm(days: Days): StoredIndex {
  const form: StoredIndex = { format: 1, unread: [], read: {} };
  for (const [id, day] of days) (day === "" ? form.unread : (form.read[day] ??= [])).push(id);
  return form;
}

/** Returns the index in a stored text, empty if there is none. */
function parse(key: string, stored: string | undefined): Days {
  const days: Days = new Map();
  if (stored === undefined) return days;
  let form: StoredIndex | undefined;
  try {
    form = JSON.parse(stored) as StoredIndex;
  } catch {
    // Reported below.
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
