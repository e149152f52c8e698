/**
 * How many Web API calls a day takes, and how large the state gets: the real extract against the simulated Spotify. The
 * library of 200 playlists has about 16,000 readable entries and 3,000 saved tracks. Counts do not depend on the machine.
 */
import { itemPages, lowerBound, pagesIn, readEverything, type LibraryPages } from "./calls/bounds";
import { CountedExtract, dayMs, hourMs, start } from "./calls/countedExtract";
import { wholeNumber, wholeNumbers, type Part, type ReportTable, type Values } from "./lib/part";

/** One day. The last two without the hourly plays. */
interface Day {
  day: string;
  daily: number;
  plays: number;
  everything: number;
  bound: number;
}

/** The days of one library. */
interface LibraryFigures {
  playlists: number;
  listeners: number;
  pages: LibraryPages;
  days: Day[];
  state_bytes: number;
}

export interface CallsFigures {
  libraries: LibraryFigures[];
  /** Spotify ends the first run at a call. */
  quota: { playlists: number; quota: number; runs: number; calls: number; contentCallsMadeTwice: number };
}

export const calls: Part<CallsFigures> = {
  name: "calls",
  measures:
    "Web API calls of a first, a quiet and a typical day, beside reading everything; size of the state.",
  options: {
    playlists: {
      meaning: "sizes of the library, from 50 playlists up; the rest grows with them",
      fallback: "50,200,400",
    },
    listeners: { meaning: "so many listeners with the smallest library as well", fallback: "4" },
  },
  run,
  report,
};

async function run(values: Values): Promise<CallsFigures> {
  const sizes = wholeNumbers(values, "playlists", 50);
  const listeners = wholeNumber(values, "listeners");
  const libraries: LibraryFigures[] = [];
  for (const playlists of sizes) libraries.push(await measureDays(playlists, 1));
  if (listeners > 1) libraries.push(await measureDays(Math.min(...sizes), listeners));
  return { libraries, quota: await measureQuota(Math.min(200, Math.max(...sizes))) };
}

function measureDays(playlists: number, listeners: number): Promise<LibraryFigures> {
  return CountedExtract.with({ playlists, listeners }, async (measured) => {
    const pages = pagesIn(measured.library);
    const days: Day[] = [];
    const measureDay = async (day: string, changedPages: number) => {
      const now = pagesIn(measured.library);
      const compared = { everything: readEverything(now), bound: lowerBound(now, changedPages) };
      days.push({ day, ...(await measured.day()), ...compared });
    };
    await measureDay("first", pages.items + pages.saved - 1 + pages.albums - 1);
    await measureDay("quiet", 0);
    const before = new Set(measured.library.playlists);
    measured.change();
    const changed = measured.library.playlists.filter((list) => list !== null && !before.has(list));
    await measureDay("typical", itemPages(changed.filter((list) => list !== null)));
    return { playlists, listeners, pages, days, state_bytes: measured.stateBytes() };
  });
}

/** Spotify ends the first run at a call; a run follows every day until one is complete. */
function measureQuota(playlists: number): Promise<CallsFigures["quota"]> {
  const quota = Math.ceil(playlists * 1.5);
  return CountedExtract.with({ playlists, listeners: 1, quota }, async (measured) => {
    measured.now = start + 4.25 * hourMs;
    let runs = 1;
    while ((await measured.run()) !== "complete" && runs < 20) {
      runs += 1;
      measured.now = start + (runs - 1) * (dayMs + hourMs) + 4.25 * hourMs;
    }
    const contents = measured.calls.filter((call) => /\/playlists\/[^/]+\/|\/me\/(tracks|albums)/.test(call));
    const contentCallsMadeTwice = contents.length - new Set(contents).size;
    return { playlists, quota, runs, calls: measured.calls.length, contentCallsMadeTwice };
  });
}

function report({ libraries, quota }: CallsFigures): ReportTable[] {
  const days = libraries.flatMap(({ playlists, listeners, days }) =>
    days.map(({ day, daily, plays, everything, bound }) => [
      ...[playlists, listeners, day, daily, plays],
      ...[everything * listeners, bound * listeners, (everything * listeners) / daily],
    ]),
  );
  const columns = ["playlists", "listeners", "day", "daily run", "hourly plays", "read everything"];
  return [
    {
      title: "Calls of a day; those for reading everything and the lower bound are without plays",
      columns: [...columns, "lower bound", "everything to daily run"],
      rows: days,
      notes: [
        `Spotify's quota at call ${quota.quota} of the first run (${quota.playlists} playlists): ${quota.runs} runs until complete, ` +
          `${quota.calls} calls, ${quota.contentCallsMadeTwice} calls for contents made twice.`,
      ],
    },
    {
      title: "The state object after three days",
      columns: ["playlists", "listeners", "entries of readable playlists", "kB"],
      rows: libraries.map(({ playlists, listeners, pages, state_bytes }) => [
        ...[playlists, listeners, pages.entries * listeners, state_bytes / 1000],
      ]),
    },
  ];
}
