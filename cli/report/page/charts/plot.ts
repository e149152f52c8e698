import * as Plot from "@observablehq/plot";
import { short } from "../format";

/** Below this width in pixels, axes have fewer ticks and no text in the drawing that does not fit. */
export const narrow = 480;

/** Draws marks in the page's look: colours and type come from the style sheet, so that both themes need one drawing. */
export function draw({
  width,
  height = 220,
  ...options
}: Plot.PlotOptions & { width: number }): SVGSVGElement {
  const svg = Plot.plot({
    width,
    height,
    marginTop: 16,
    marginRight: 20,
    marginBottom: 28,
    marginLeft: 44,
    className: "plot",
    ...options,
  }) as SVGSVGElement;
  // The page's policy allows its own style only, which has these rules too.
  for (const style of svg.querySelectorAll("style")) style.remove();
  return svg;
}

/** Returns an axis of numbers with light lines across. */
export function numbersUp(width: number): Plot.Markish[] {
  const ticks = width < narrow ? 4 : 5;
  return [
    Plot.gridY({ ticks, className: "grid" }),
    Plot.axisY({ ticks, tickFormat: (value: number) => short(value), tickSize: 0, label: null }),
  ];
}

/** Returns an axis of days or months, as many as fit; a day is named once. */
export function daysAlong(width: number, format: (value: Date) => string): Plot.Markish {
  const named = (value: Date) => (value.getTime() % 86_400_000 === 0 ? format(value) : "");
  const ticks = Math.max(3, Math.floor(width / 160));
  return Plot.axisX({ ticks, tickFormat: named, tickSize: 3, label: null });
}

/** Returns an axis of bands, such as years, with the names of as many as fit. */
export function bandsAlong(width: number, bands: number, format = (value: string) => value): Plot.Markish {
  const every = Math.ceil((bands * 84) / width);
  return Plot.axisX({
    ...{ tickFormat: (value: string, at: number) => (at % every === 0 ? format(value) : "") },
    ...{ tickSize: 0, label: null },
  });
}

/** A bubble with details beside the pointer. */
export const bubble = { fill: "var(--card)", stroke: "var(--line)", textPadding: 8, fontSize: 13 } as const;

/** Cuts a name in its middle so that it fits beside a drawing: names often begin alike. */
export function cut(name: string, pixels: number): string {
  const letters = [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment);
  // A picture is as wide as two letters.
  const pictures = letters.filter((letter) => /\p{Extended_Pictographic}/u.test(letter)).length;
  const most = Math.max(3, Math.floor(pixels / 7) - pictures);
  if (letters.length <= most) return name;
  const end = Math.floor((most - 1) / 2);
  return `${letters.slice(0, most - 1 - end).join("")}…${letters.slice(-end).join("")}`;
}
