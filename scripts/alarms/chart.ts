/** Draws one chart. It is bundled and runs in a browser. */
import * as Plot from "@observablehq/plot";

/** A chart of one or more series over time. */
export interface Chart {
  /** Pixels. */
  width: number;
  height: number;
  /** ms UTC */
  from: number;
  to: number;
  lines: ChartLine[];
  /** Horizontal lines, such as a threshold. */
  limits: { label: string; value: number }[];
  /** The axis starts there; undefined: where the values do. */
  min: number | undefined;
}

/** A series: a value for each period, or null for a period without one. */
export interface ChartLine {
  label: string;
  colour: string;
  points: { time: number; value: number | null }[];
}

const limitColour = "#b42318";
const ink = "#414d5c";

/** Returns the chart as an SVG element. */
function chartSvg({ width, height, from, to, lines, limits, min }: Chart): string {
  const values = [
    ...lines.flatMap(({ points }) => points.map(({ value }) => value ?? 0)),
    ...limits.map((one) => one.value),
  ];
  const most = Math.max(1, ...values);
  const svg = Plot.plot({
    ...{ width, height, marginTop: 14, marginRight: 12, marginBottom: 24, marginLeft: 46, className: "c" },
    x: { type: "utc", domain: [new Date(from), new Date(to)] },
    y: { domain: [min ?? Math.min(...values), most], nice: true },
    marks: [
      Plot.gridY({ ticks: 3, stroke: "#8c99a8", strokeOpacity: 0.3 }),
      Plot.axisY({ ticks: 3, tickSize: 0, label: null, tickFormat: short, fill: ink, fontSize: 12 }),
      Plot.axisX({
        ticks: "week",
        tickFormat: "%-d %b",
        tickSize: 4,
        label: null,
        fill: ink,
        stroke: ink,
        fontSize: 12,
      }),
      ...lines.flatMap(({ colour, points }) => {
        const line = { x: "time", y: "value", stroke: colour, strokeLinecap: "round" } as const;
        return [
          Plot.line(points, { ...line, strokeWidth: 2 }),
          Plot.line(alone(points), { ...line, strokeWidth: 6 }),
        ];
      }),
      ...limits.flatMap(({ label, value }) => [
        Plot.ruleY([value], { stroke: limitColour, strokeDasharray: "5 3", strokeWidth: 1.5 }),
        Plot.text([value], {
          ...{ y: (one: number) => one, text: () => label, frameAnchor: "right", textAnchor: "end" },
          ...{ lineAnchor: "bottom", dy: -3, fill: limitColour, fontSize: 12 },
          ...{ stroke: "#ffffff", strokeWidth: 4 },
        }),
      ]),
    ],
  }) as SVGSVGElement;
  svg.querySelector("style")?.remove();
  svg.setAttribute("overflow", "visible");
  return svg.outerHTML;
}

function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e3 ? `${value / 1e3}k` : String(value);
}

/** Values without a neighbour, which a line would not show. A line of one point is a dot. */
function alone(points: ChartLine["points"]): ChartLine["points"] {
  const isMissing = (at: number) => (points[at]?.value ?? null) === null;
  return points.map(({ time, value }, at) => ({
    time,
    value: isMissing(at - 1) && isMissing(at + 1) ? value : null,
  }));
}

(globalThis as unknown as { chartSvg: typeof chartSvg }).chartSvg = chartSvg;
