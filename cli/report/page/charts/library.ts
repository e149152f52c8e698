import * as Plot from "@observablehq/plot";
import type { Card } from "../card";
import { element } from "../elements";
import * as format from "../format";
import { skipReason } from "../../skipReasons";
import { numberIn, rowsOf, textIn, type State } from "../state";
import { barList } from "./barList";
import { legend } from "./legend";
import { labelledPair } from "./listening";
import { bandsAlong, bubble, draw, numbersUp } from "./plot";

const years: Card = {
  id: "year_in_review",
  title: "Years in review",
  question: "What was each year of listening like?",
  size: "whole",
  draw(rows) {
    const fact = (name: string, value: string, detail: string) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, value, element("small", {}, detail)));
    return element(
      "div",
      { class: "years" },
      ...rows
        .slice(-4)
        .reverse()
        .map((row) =>
          element(
            "article",
            {},
            element("h4", {}, textIn(row, "year")),
            element(
              "dl",
              {},
              fact(
                "Heard",
                format.duration(numberIn(row, "minutes")),
                format.counted(numberIn(row, "plays"), "play"),
              ),
              fact(
                "Artist of the year",
                textIn(row, "top_artist"),
                format.counted(numberIn(row, "top_artist_plays"), "play"),
              ),
              fact(
                "Track of the year",
                textIn(row, "top_track"),
                `${textIn(row, "top_track_artist")}, ${format.counted(numberIn(row, "top_track_plays"), "play")}`,
              ),
              fact(
                "Longest day",
                format.shortDay(textIn(row, "busiest_day")),
                format.duration(numberIn(row, "busiest_day_minutes")),
              ),
              fact(
                "Artists",
                format.number(numberIn(row, "artists")),
                `${format.number(numberIn(row, "new_artists"))} of them new`,
              ),
              fact(
                "Days with music",
                format.number(numberIn(row, "days_heard")),
                `${format.counted(numberIn(row, "tracks"), "track")}`,
              ),
            ),
          ),
        ),
    );
  },
  summary: (rows) =>
    rows.length > 4
      ? `The last four of ${format.number(rows.length)} years; the rows have all.`
      : "From the first play that is known.",
};

const decades: Card = {
  id: "release_decades",
  title: "Decades",
  question: "From which decades is the library?",
  size: "third",
  draw: (rows) =>
    barList(
      rows.map((row) => ({
        name: row.decade === null ? "not known" : `${textIn(row, "decade")}s`,
        value: numberIn(row, "tracks"),
      })),
    ),
  summary(rows) {
    const most = rows.reduce((one, other) =>
      numberIn(other, "tracks") > numberIn(one, "tracks") ? other : one,
    );
    return `${format.share(numberIn(most, "share"))} are from the ${textIn(most, "decade")}s.`;
  },
  empty: noLibrary,
};

const savedAndHeard: Card = {
  id: "saved_and_heard",
  title: "Saved, and heard or not",
  question: "Of the tracks saved in a year, how many were played in the last 180 days, before, or never?",
  size: "third",
  draw(rows, width) {
    const parts = [
      ["heard_lately", "heard lately", "one"],
      ["heard_before", "heard before", "two"],
      ["never_heard", "no play known", "soft"],
    ] as const;
    const bars = rows.flatMap((row) =>
      parts.map(([column, name, colour]) => ({
        ...{ year: textIn(row, "saved_in"), name, colour: `var(--${colour})`, tracks: numberIn(row, column) },
      })),
    );
    const svg = draw({
      width,
      height: 260,
      x: { type: "band", padding: 0.15 },
      marks: [
        ...numbersUp(width),
        bandsAlong(width, rows.length),
        Plot.barY(bars, { x: "year", y: "tracks", fill: "colour", className: "values" }),
        Plot.ruleY([0], { stroke: "var(--line)" }),
        Plot.tip(
          bars,
          Plot.pointerX(
            Plot.stackY({
              ...{ x: "year", y: "tracks", ...bubble, fill: "var(--card)" },
              title: (one: (typeof bars)[number]) =>
                `${one.year}\n${format.counted(one.tracks, "track")} ${one.name}`,
            }),
          ),
        ),
      ],
    });
    return labelledPair(svg, legend(parts.map(([, name, colour]) => [name, colour])));
  },
  summary(rows) {
    const sum = (column: string) => rows.reduce((total, row) => total + numberIn(row, column), 0);
    return `Of ${format.counted(sum("tracks"), "saved track")}, ${format.number(sum("never_heard"))} have no known play.`;
  },
  empty: noLibrary,
};

/** How many tracks the card shows; its rows have more. */
const forgottenShown = 8;

const forgotten: Card = {
  id: "forgotten_favourites",
  title: "Saved but not heard",
  question: "Which saved tracks have not been played for half a year?",
  size: "third",
  draw: (rows) =>
    element(
      "ul",
      { class: "lines" },
      ...rows.slice(0, forgottenShown).map((row) => {
        const last = textIn(row, "last_played_on");
        const when = last
          ? `last played ${format.day(last)}`
          : `saved ${format.day(textIn(row, "saved_on"))}, no play known`;
        return element(
          "li",
          {},
          element("span", { class: "name" }, textIn(row, "track_name") || "(without a title)"),
          element("small", {}, `${textIn(row, "artist_name")} · ${when}`),
        );
      }),
    ),
  empty: (state) =>
    rowsOf(state, "saved_and_heard").length === 0
      ? noLibrary(state)
      : "Every saved track was played or saved in the last half year.",
  summary(rows) {
    const all = rows.length >= 50 ? "50 or more" : format.counted(rows.length, "track");
    return rows.length > forgottenShown
      ? `${forgottenShown} of ${all}, those longest unheard first.`
      : `${all}.`;
  },
};

const skipped: Card = {
  id: "skips_by_reason",
  title: "What could not be read",
  question: "What did the runs of the last 28 days leave out, and why?",
  size: "half",
  isShown: (rows) => rows.length > 0,
  draw: (rows) =>
    barList(
      [...rows]
        .sort((one, other) => numberIn(other, "entries") - numberIn(one, "entries"))
        .map((row) => ({
          name: `${textIn(row, "stream")}: ${skipReason(textIn(row, "reason"))}`,
          ...(row.example !== null && { detail: `such as ${textIn(row, "example")}` }),
          value: numberIn(row, "entries"),
        })),
      { wraps: true },
    ),
  summary(rows) {
    const sum = rows.reduce((total, row) => total + numberIn(row, "entries"), 0);
    return `${format.counted(sum, "thing")} left out: entries of lists, or whole lists.`;
  },
};

/** Says why there is no library, and what to do. */
export function noLibrary({ data }: State): string {
  return `Nothing of the library was read yet: ${data.howToRead}.`;
}

/** What is kept, and what of it is heard. */
export const library: Card[] = [decades, savedAndHeard, forgotten];

/** A look back at each year. */
export const review: Card[] = [years];

/** What the runs left out. */
export const leftOut: Card[] = [skipped];
