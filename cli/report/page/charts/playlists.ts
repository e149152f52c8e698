import * as Plot from "@observablehq/plot";
import type { Card } from "../card";
import { element } from "../elements";
import * as format from "../format";
import { playlistNames } from "../playlistNames";
import { numberIn, rowsOf, textIn, type Row, type State } from "../state";
import { barList } from "./barList";
import { legend } from "./legend";
import { noLibrary } from "./library";
import { labelledPair } from "./listening";
import { overlap } from "./overlap";
import { bubble, cut, daysAlong, draw, narrow, numbersUp } from "./plot";

/** Colours of lines, in order: told apart by colour-blind readers too (https://jfly.uni-koeln.de/color/). */
const colours = ["one", "two", "three", "four", "five"];

const sizes: Card = {
  id: "playlist_summary",
  title: "Playlists",
  question: "How long is each playlist?",
  size: "half",
  draw(rows, _width, state) {
    const name = playlistNames(state);
    return barList(
      [...rows]
        .sort((one, other) => numberIn(other, "items") - numberIn(one, "items"))
        .slice(0, 12)
        .map((row) => ({
          name: name(textIn(row, "playlist_id")),
          detail: `${format.duration(numberIn(row, "minutes"))}, ${format.counted(numberIn(row, "artists"), "artist")}`,
          value: numberIn(row, "items"),
        })),
    );
  },
  summary(rows) {
    const items = rows.reduce((sum, row) => sum + numberIn(row, "items"), 0);
    const cannot = rows.reduce((sum, row) => sum + numberIn(row, "unavailable"), 0);
    const lost = cannot > 0 ? `, ${format.number(cannot)} of them not available any more` : "";
    return `${format.counted(rows.length, "playlist")} with ${format.counted(items, "item")}${lost}.`;
  },
  empty: noLibrary,
};

/** Net growth of a playlist since it was first read. */
interface Growth {
  name: string;
  points: { date: Date; grown: number; items: number }[];
  last: number;
}

/** Returns how each playlist grew, those that changed most first. */
function growthOf(rows: Row[], state: State): Growth[] {
  const name = playlistNames(state);
  const playlists = new Map<string, Growth>();
  for (const row of rows) {
    const [id, items] = [textIn(row, "playlist_id"), numberIn(row, "items")];
    const playlist = playlists.get(id) ?? { name: name(id), points: [], last: 0 };
    playlists.set(id, playlist);
    const grown = items - (playlist.points[0]?.items ?? items);
    playlist.points.push({ date: format.instant(textIn(row, "read_on")), items, grown });
    playlist.last = grown;
  }
  return [...playlists.values()].sort((one, other) => Math.abs(other.last) - Math.abs(one.last));
}

const growth: Card = {
  id: "playlist_growth",
  title: "Growth of playlists",
  question: "By how many items has each grown since it was first read?",
  size: "half",
  draw(rows, width, state) {
    const most = growthOf(rows, state).slice(0, colours.length);
    const asOf = format.instant(state.data.place.asOf);
    const lines = most.map(({ points, last }, at) => {
      const stroke = `var(--${colours[at]})`;
      return Plot.lineY([...points, { date: asOf, grown: last }], {
        ...{ x: "date", y: "grown", stroke, strokeWidth: 2, curve: "step-after", className: `growth-${at}` },
      });
    });
    const first = Math.min(...most.map(({ points }) => points[0]!.date.getTime()));
    const isLong = asOf.getTime() - first > 200 * 86_400_000;
    const all = most.flatMap(({ name, points }) => points.map((point) => ({ ...point, name })));
    const svg = draw({
      width,
      height: 300,
      x: { type: "utc" },
      y: { zero: true },
      marks: [
        ...numbersUp(width),
        daysAlong(width, isLong ? format.month : format.shortDay),
        Plot.ruleY([0], { stroke: "var(--line)" }),
        ...lines,
        Plot.tip(
          all,
          Plot.pointer({
            ...{ x: "date", y: "grown", ...bubble },
            title: (one: (typeof all)[number]) =>
              `${one.name}\n${format.day(one.date)}\n${format.counted(one.items, "item")}`,
          }),
        ),
      ],
    });
    return labelledPair(svg, legend(most.map(({ name }, at) => [name, colours[at]!, "line"])));
  },
  summary(rows, state) {
    const [first] = growthOf(rows, state);
    if (first!.last === 0) return "No playlist has another length than when it was first read.";
    return `${first!.name} changed most: by ${format.counted(Math.abs(first!.last), "item")} ${first!.last > 0 ? "more" : "less"}. The five that changed most are drawn.`;
  },
  empty: noLibrary,
};

/** Entries that came into a playlist or left it on a day. */
interface Change {
  name: string;
  day: string;
  change: string;
  count: number;
}

/** Returns the changes by playlist and day, and the playlists, those that changed most first. */
function changesOf(rows: Row[], state: State): { names: string[]; changes: Change[] } {
  const nameOf = playlistNames(state);
  const counts = new Map<string, Change>();
  const totals = new Map<string, number>();
  for (const row of rows) {
    const [name, day, change] = [
      nameOf(textIn(row, "playlist_id")),
      textIn(row, "noticed_at").slice(0, 10),
      textIn(row, "change"),
    ];
    const key = JSON.stringify([name, day, change]);
    counts.set(key, { name, day, change, count: (counts.get(key)?.count ?? 0) + 1 });
    totals.set(name, (totals.get(name) ?? 0) + 1);
  }
  const names = [...totals].sort(([, one], [, other]) => other - one).map(([name]) => name);
  return { names, changes: [...counts.values()] };
}

const timeline: Card = {
  id: "playlist_changes",
  title: "What came and what went",
  question: "Which entries came into playlists, and which left them, in the last 28 days?",
  size: "whole",
  draw(rows, width, state) {
    const { names, changes } = changesOf(rows, state);
    const drawn = names.slice(0, 10);
    const dots = changes.filter(({ name }) => drawn.includes(name));
    const isAdded = (one: Change) => one.change === "added";
    const labels = width < narrow ? 96 : 200;
    const svg = draw({
      width,
      height: 40 + 30 * drawn.length,
      marginLeft: labels,
      x: {
        type: "utc",
        domain: [-28, 1].map((days) => format.instant(format.addDays(state.data.place.asOf, days))),
      },
      y: { type: "point", domain: drawn, padding: 0.6 },
      r: { type: "sqrt", domain: [0, Math.max(...dots.map(({ count }) => count))], range: [0, 11] },
      marks: [
        Plot.gridY({ className: "grid" }),
        Plot.axisY({ tickFormat: (name: string) => cut(name, labels), tickSize: 0, label: null }),
        daysAlong(width - labels, format.shortDay),
        Plot.dot(dots.filter(isAdded), {
          ...{
            x: dayOf,
            y: "name",
            r: "count",
            fill: "var(--one)",
            fillOpacity: 0.85,
            dy: -3,
            className: "added",
          },
        }),
        Plot.dot(
          dots.filter((one) => !isAdded(one)),
          {
            ...{
              x: dayOf,
              y: "name",
              r: "count",
              stroke: "var(--two)",
              strokeWidth: 2,
              dy: 3,
              className: "removed",
            },
          },
        ),
        Plot.tip(
          dots,
          Plot.pointer({
            ...{ x: dayOf, y: "name", ...bubble },
            title: (one: Change) =>
              `${one.name}\n${format.day(one.day)}\n${format.number(one.count)} ${one.change}`,
          }),
        ),
      ],
    });
    const names2 = legend([
      ["came", "one"],
      ["went", "two", "ring"],
    ]);
    return element("div", {}, labelledPair(svg, names2), latest(rows, state));
  },
  summary(rows) {
    const added = rows.filter(({ change }) => change === "added").length;
    return `${format.number(added)} came and ${format.number(rows.length - added)} went. A larger dot is more on that day.`;
  },
  empty: (state) =>
    rowsOf(state, "playlist_summary").length === 0
      ? noLibrary(state)
      : "Nothing has changed, or each playlist was read once only.",
};

function dayOf({ day }: Change): Date {
  return format.instant(day);
}

/** The last changes in words. */
function latest(rows: Row[], state: State): HTMLElement {
  const name = playlistNames(state);
  const lines = rows
    .slice(-6)
    .reverse()
    .map((row) => {
      const sign = row.change === "added" ? "came into" : "left";
      return element(
        "li",
        {},
        element("span", { class: "name" }, textIn(row, "item_name") || "(without a title)"),
        element(
          "small",
          {},
          `${textIn(row, "artist_name")} · ${sign} ${name(textIn(row, "playlist_id"))} by ${format.shortDay(textIn(row, "noticed_at").slice(0, 10))}`,
        ),
      );
    });
  return element("ul", { class: "lines columns" }, ...lines);
}

/** Playlists: how long, how they grow, what they share. */
export const playlists: Card[] = [sizes, growth, timeline, overlap];
