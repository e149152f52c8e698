import * as Plot from "@observablehq/plot";
import type { Card } from "../card";
import * as format from "../format";
import { playlistNames } from "../playlistNames";
import { numberIn, rowsOf, textIn, type Row, type State } from "../state";
import { noLibrary } from "./library";
import { shade } from "./listening";
import { bubble, cut, draw, narrow } from "./plot";

/** Returns what to call the two playlists of a row. */
function namesOf(state: State): (row: Row) => [one: string, other: string] {
  const name = playlistNames(state);
  return (row) => [name(textIn(row, "playlist_id")), name(textIn(row, "other_playlist_id"))];
}

/** The tracks that two playlists have in common, as a matrix. */
export const overlap: Card = {
  id: "playlist_overlap",
  title: "Overlap",
  question: "How many tracks do two playlists have in common?",
  size: "whole",
  draw(rows, width, state) {
    const nameOf = namesOf(state);
    const names = [...new Set(rows.flatMap(nameOf))].slice(0, 12);
    const pairs = rows.flatMap((row) => {
      const [one, other] = nameOf(row);
      const tracks = numberIn(row, "shared_tracks");
      return names.includes(one) && names.includes(other)
        ? [
            { one, other, tracks },
            { one: other, other: one, tracks },
          ]
        : [];
    });
    const most = Math.max(...pairs.map(({ tracks }) => tracks));
    const labels = width < narrow ? 110 : 240;
    const place = (name: string) => String(names.indexOf(name) + 1);
    return draw({
      width: Math.min(width, labels + 90 * names.length),
      height: 30 + Math.min(34, (width - labels) / names.length + 4) * names.length,
      marginLeft: labels,
      marginTop: 24,
      marginBottom: 4,
      x: { type: "band", domain: names, padding: 0.06 },
      y: { type: "band", domain: names, padding: 0.06 },
      marks: [
        Plot.axisX({ anchor: "top", tickFormat: place, tickSize: 0, label: null }),
        Plot.axisY({
          tickFormat: (name: string) => cut(`${place(name)}  ${name}`, labels),
          tickSize: 0,
          label: null,
        }),
        Plot.cell(pairs, {
          ...{ x: "one", y: "other", className: "values", rx: 2 },
          fill: (pair: { tracks: number }) => shade(pair.tracks, most),
        }),
        ...(width < narrow
          ? []
          : [
              Plot.text(pairs, {
                className: "numbers",
                ...{ x: "one", y: "other", text: (pair: { tracks: number }) => format.number(pair.tracks) },
                fill: (pair: { tracks: number }) =>
                  6 * pair.tracks > 4 * most ? "var(--on-shade)" : "var(--ink)",
              }),
            ]),
        Plot.tip(
          pairs,
          Plot.pointer({
            ...{ x: "one", y: "other", ...bubble },
            title: (pair: (typeof pairs)[number]) =>
              `${pair.one}\n${pair.other}\n${format.counted(pair.tracks, "track")} in both`,
          }),
        ),
      ],
    });
  },
  summary([first], state) {
    const [one, other] = namesOf(state)(first!);
    return `${one} and ${other} share most: ${format.counted(numberIn(first, "shared_tracks"), "track")}.`;
  },
  empty: (state) =>
    rowsOf(state, "playlist_summary").length === 0
      ? noLibrary(state)
      : "No two playlists have a track in common.",
};
