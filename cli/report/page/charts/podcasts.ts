import * as Plot from "@observablehq/plot";
import type { Card } from "../card";
import * as format from "../format";
import { numberIn, textIn } from "../state";
import { barList } from "./barList";
import { legend } from "./legend";
import { labelledPair } from "./listening";
import { bandsAlong, bubble, draw, numbersUp } from "./plot";

const against: Card = {
  id: "podcasts_against_music",
  title: "Podcasts against music",
  question: "How many hours of each month went to saved podcast episodes, and how many to music?",
  size: "half",
  // There are rows of music alone where no podcast is read.
  isShown: (rows) => rows.some((row) => numberIn(row, "podcast_hours") > 0),
  draw(rows, width) {
    const parts = [
      ["music_hours", "music", "one"],
      ["podcast_hours", "podcasts", "two"],
    ] as const;
    const bars = rows.flatMap((row) =>
      parts.map(([column, name, colour]) => ({
        ...{ month: textIn(row, "month"), name, colour: `var(--${colour})`, hours: numberIn(row, column) },
      })),
    );
    const svg = draw({
      width,
      x: { type: "band", padding: 0.15 },
      marks: [
        ...numbersUp(width),
        bandsAlong(width, rows.length, format.month),
        Plot.barY(bars, { x: "month", y: "hours", fill: "colour", className: "values" }),
        Plot.ruleY([0], { stroke: "var(--line)" }),
        Plot.tip(
          bars,
          Plot.pointerX(
            Plot.stackY({
              ...{ x: "month", y: "hours", ...bubble },
              title: (one: (typeof bars)[number]) =>
                `${format.month(one.month)}\n${format.number(one.hours)} hours of ${one.name}`,
            }),
          ),
        ),
      ],
    });
    return labelledPair(svg, legend(parts.map(([, name, colour]) => [name, colour])));
  },
  summary(rows) {
    const last = rows.at(-1);
    return `${format.month(textIn(last, "month"))}: ${format.counted(numberIn(last, "podcast_hours"), "hour")} of podcasts, ${format.number(numberIn(last, "music_hours"))} of music.`;
  },
};

const followed: Card = {
  id: "podcasts_followed",
  title: "Podcasts",
  question: "How much of each podcast's saved episodes was heard?",
  size: "half",
  isShown: (rows) => rows.length > 0,
  draw: (rows) =>
    barList(
      [...rows]
        .sort((one, other) => numberIn(other, "hours_heard") - numberIn(one, "hours_heard"))
        .slice(0, 10)
        .map((row) => ({
          name: textIn(row, "show_name") || "(without a title)",
          detail: `${format.number(numberIn(row, "finished"))} of ${format.counted(numberIn(row, "saved_episodes"), "saved episode")} finished`,
          value: numberIn(row, "hours_heard"),
          text: `${format.number(numberIn(row, "hours_heard"))} h`,
        })),
    ),
  summary: (rows) => `${format.counted(rows.length, "podcast")}.`,
};

/** Podcasts, where the stack reads them. */
export const podcasts: Card[] = [against, followed];
