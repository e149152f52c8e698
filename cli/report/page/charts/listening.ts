import * as Plot from "@observablehq/plot";
import type { Card } from "../card";
import { element } from "../elements";
import * as format from "../format";
import { numberIn, periodName, rowsOf, textIn, type Row, type State } from "../state";
import { bandsAlong, bubble, daysAlong, draw, narrow, numbersUp } from "./plot";
import { legend } from "./legend";

/** A day of listening; days without a play are 0. */
interface Day {
  date: Date;
  /** Where its mean is drawn: in the middle of its bar. */
  noon: Date;
  day: string;
  plays: number;
  /** Mean of the seven days up to this one. */
  mean: number;
}

/** Returns the days of the chosen period, from the first play on, those without plays among them. */
function daysOf(rows: Row[], { data, period }: State): Day[] {
  const plays = new Map(rows.map((row) => [textIn(row, "played_on"), numberIn(row, "plays")]));
  const { asOf } = data.place;
  const first = textIn(rows[0], "played_on");
  const from = format.addDays(asOf, 1 - period);
  const days: Day[] = [];
  for (let day = from > first ? from : first; day <= asOf; day = format.addDays(day, 1)) {
    let week = 0;
    for (let back = 0; back < 7; back += 1) week += plays.get(format.addDays(day, -back)) ?? 0;
    days.push({
      date: format.instant(day),
      noon: format.instant(`${day} 12:00`),
      day,
      plays: plays.get(day) ?? 0,
      mean: week / 7,
    });
  }
  return days;
}

const overTime: Card = {
  id: "listening_by_day",
  title: "Listening over time",
  question: "How many plays a day, and how many over the week up to it?",
  size: "whole",
  draw(rows, width, state) {
    const days = daysOf(rows, state);
    const isLong = days.length > width / 3;
    const svg = draw({
      width,
      height: width < narrow ? 200 : 260,
      x: { type: "utc", nice: false },
      y: { zero: true },
      marks: [
        ...numbersUp(width),
        daysAlong(width, days.length > 200 ? format.month : format.shortDay),
        ...(isLong
          ? []
          : [
              Plot.rectY(days, {
                ...{ x: "date", interval: "day", y: "plays", className: "values", fill: "var(--soft)" },
                ...{ insetLeft: 0.5, insetRight: 0.5 },
              }),
            ]),
        Plot.lineY(days, { x: "noon", y: "mean", className: "mean", stroke: "var(--one)", strokeWidth: 2 }),
        Plot.ruleY([0], { stroke: "var(--line)" }),
        Plot.tip(
          days,
          Plot.pointerX({
            ...{ x: "noon", y: "mean", ...bubble },
            title: (one: Day) =>
              `${format.day(one.date)}\n${format.counted(one.plays, "play")}\n${format.number(one.mean)} a day over the week`,
          }),
        ),
      ],
    });
    const mean: [string, string, "line"] = ["mean of seven days", "one", "line"];
    const names = legend(isLong ? [mean] : [["plays of the day", "soft"], mean]);
    return labelledPair(svg, names);
  },
  summary(rows, state) {
    const days = daysOf(rows, state);
    if (days.every(({ plays }) => plays === 0)) return "Nothing was played in this period.";
    const total = days.reduce((sum, { plays }) => sum + plays, 0);
    const most = days.reduce((one, other) => (other.plays > one.plays ? other : one));
    const mean = total / days.length;
    const often =
      mean < 0.1 ? `${format.counted(total, "play")} in all` : `${format.number(mean)} plays a day`;
    return `${often}; most on ${format.day(most.date)}: ${format.number(most.plays)}.`;
  },
  empty: noPlays,
};

/** Returns a drawing and the names of its parts. */
export function labelledPair(svg: SVGSVGElement, names: HTMLElement): HTMLElement {
  return element("div", {}, names, svg);
}

/** Which of six shades a share of the greatest value has; nothing has none. */
export function shade(value: number, most: number): string {
  return value === 0 ? "var(--shade-0)" : `var(--shade-${Math.min(6, Math.ceil((6 * value) / most))})`;
}

const byHour: Card = {
  id: "listening_by_hour",
  title: "The week by hour",
  question: "On which weekdays and at which hours is most heard?",
  size: "half",
  draw(rows, width) {
    const plays = new Map(
      rows.map((row) => [`${textIn(row, "weekday")} ${textIn(row, "hour_of_day")}`, row]),
    );
    const most = Math.max(...rows.map((row) => numberIn(row, "plays")));
    const cells = [1, 2, 3, 4, 5, 6, 7].flatMap((weekday) =>
      Array.from({ length: 24 }, (_, hour) => ({
        ...{ weekday, hour, plays: numberIn(plays.get(`${weekday} ${hour}`), "plays") },
      })),
    );
    return draw({
      width,
      height: 230,
      marginLeft: 44,
      marginTop: 4,
      x: { type: "band", padding: 0.08 },
      y: { type: "band", padding: 0.08 },
      marks: [
        Plot.axisY({ tickFormat: (place: number) => format.weekday(place), tickSize: 0, label: null }),
        Plot.axisX({
          ...{
            ticks: [0, 6, 12, 18],
            tickFormat: (one: number) => format.hour(one),
            tickSize: 0,
            label: null,
          },
        }),
        Plot.cell(cells, {
          ...{ x: "hour", y: "weekday", className: "values", rx: 2 },
          fill: (cell: { plays: number }) => shade(cell.plays, most),
        }),
        Plot.tip(
          cells,
          Plot.pointer({
            ...{ x: "hour", y: "weekday", ...bubble },
            title: (cell: (typeof cells)[number]) =>
              `${format.weekday(cell.weekday, "long")}, ${format.hourTime(cell.hour)}\n${format.counted(cell.plays, "play")}`,
          }),
        ),
      ],
    });
  },
  summary(rows) {
    const most = rows.reduce((one, other) =>
      numberIn(other, "plays") > numberIn(one, "plays") ? other : one,
    );
    const at = `${format.weekday(numberIn(most, "weekday"), "long")}, ${format.hourTime(numberIn(most, "hour_of_day"))}`;
    return `Most: ${at}, ${format.counted(numberIn(most, "plays"), "play")}. The stronger the colour, the more.`;
  },
  empty: noPlays,
};

const discoveries: Card = {
  id: "discoveries_per_month",
  title: "Discoveries",
  question:
    "How many tracks, and how many artists (featured ones too), were heard for the first time in each month?",
  size: "half",
  draw(rows, width) {
    const months = rows.map((row) => ({
      month: textIn(row, "month"),
      artists: numberIn(row, "new_artists"),
      tracks: numberIn(row, "new_tracks"),
    }));
    const svg = draw({
      width,
      x: { type: "band", padding: 0.15 },
      y: { zero: true },
      marks: [
        ...numbersUp(width),
        bandsAlong(width, months.length, format.month),
        Plot.barY(months, { x: "month", y: "tracks", fill: "var(--soft)", className: "tracks" }),
        Plot.barY(months, {
          ...{
            x: "month",
            y: "artists",
            fill: "var(--one)",
            className: "artists",
            insetLeft: 6,
            insetRight: 6,
          },
        }),
        Plot.ruleY([0], { stroke: "var(--line)" }),
        Plot.tip(
          months,
          Plot.pointerX({
            ...{ x: "month", y: "tracks", ...bubble },
            title: (one: (typeof months)[number]) =>
              `${format.month(one.month)}\n${format.counted(one.tracks, "new track")}\n${format.counted(one.artists, "new artist")}`,
          }),
        ),
      ],
    });
    const names = legend([
      ["new tracks", "soft"],
      ["new artists", "one"],
    ]);
    return labelledPair(svg, names);
  },
  summary(rows) {
    const last = rows.at(-1);
    const month = format.month(textIn(last, "month"));
    return `${month}: ${format.counted(numberIn(last, "new_artists"), "new artist")} and ${format.counted(numberIn(last, "new_tracks"), "new track")}. The first months of a lake are all discoveries.`;
  },
  empty: noPlays,
};

/** Says why there are no plays, and what to do. */
export function noPlays(state: State): string {
  const all = rowsOf(state, "period_summary").find((row) => row.days === 36500);
  return numberIn(all, "plays") > 0
    ? `Nothing was played in the last ${periodName(state.period)}; choose a longer period above.`
    : "No plays are known yet: the next runs read them, and an import of your history brings the earlier ones.";
}

/** What was heard, and when. */
export const listening: Card[] = [overTime, byHour, discoveries];
