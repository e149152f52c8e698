/** The picture of the dashboard, as CloudWatch shows it at the end of the month. */
import type { PlacedWidget } from "../../infra/dashboardBody";
import { gridWidth } from "../../infra/dashboardBody";
import { dayMs } from "../../simulator/times";
import type { Chart, ChartLine } from "./chart";
import type { Metrics, Statistic } from "./metrics";
import type { Kept } from "./month";
import type { LogRow } from "./recorder";
import { stateChanges, type Alarm, type AlarmState } from "./states";
import { monthEnd, monthStart } from "./story";
import { colours, escaped, picture, rectangle, text } from "./svg";

/** A month, and the dashboard and the alarms that show it. */
export interface Month extends Kept {
  /** The dashboard's body. */
  body: string;
  alarms: Alarm[];
}

/** Pixels of a column and of a row of CloudWatch's grid, and between widgets. */
const [column, row, gap] = [42, 40, 8];
const headHeight = 30;

/** CloudWatch's own colours for lines, in their order. */
const lineColours = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b"];

const stateLooks: Record<AlarmState, { colour: string; says: string }> = {
  OK: { colour: colours.ok, says: "OK" },
  ALARM: { colour: colours.alarm, says: "In alarm" },
  INSUFFICIENT_DATA: { colour: colours.unknown, says: "No data" },
};

/** What a widget of metrics says, as far as it is drawn here. */
export interface GraphProperties {
  title: string;
  stat: Statistic;
  /** Seconds. */
  period: number;
  metrics: (string | { label: string; color?: string })[][];
  annotations?: { horizontal: { label: string; value: number }[] };
  yAxis?: { left: { min?: number } };
}

/** A place in pixels. */
interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Draws the dashboard. `prefix` is what all names of alarms start with; `draw` draws a chart. */
export async function dashboardPicture(
  month: Month,
  prefix: string,
  draw: (chart: Chart) => Promise<string>,
): Promise<string> {
  const { start, widgets } = bodyOf(month);
  const [, days] = /^-P(\d+)D$/.exec(start) ?? [];
  const from = Math.max(monthStart, monthEnd - Number(days) * dayMs);
  const drawn: string[] = [];
  for (const widget of widgets) {
    const place = placeOf(widget);
    const content = await widgetContent(widget, place, { month, prefix, from, draw });
    drawn.push(rectangle(place, `rx="4" fill="${colours.card}" stroke="${colours.line}"`), ...content);
  }
  const bottom = Math.max(...widgets.map(({ y, height }) => y + height));
  return picture(
    {
      ...{ width: gridWidth * column + gap, height: bottom * row + gap },
      title: "The CloudWatch dashboard of a simulated month",
      description: widgets
        .map(({ properties }) => properties.title)
        .filter(Boolean)
        .join(". "),
    },
    drawn,
  );
}

/** Returns the dashboard's body. */
export function bodyOf({ body }: Pick<Month, "body">): { start: string; widgets: PlacedWidget[] } {
  return JSON.parse(body) as { start: string; widgets: PlacedWidget[] };
}

function placeOf({ x, y, width, height }: PlacedWidget): Place {
  return {
    x: x * column + gap,
    y: y * row + gap,
    width: width * column - gap,
    height: height * row - gap,
  };
}

interface Drawing {
  month: Month;
  prefix: string;
  from: number;
  draw: (chart: Chart) => Promise<string>;
}

async function widgetContent(
  { type, properties }: PlacedWidget,
  place: Place,
  drawing: Drawing,
): Promise<string[]> {
  if (type === "text") return markdown(String(properties.markdown), place);
  const title = text(place.x + 12, place.y + 20, String(properties.title), { size: 14, weight: 600 });
  if (type === "alarm") return [title, ...alarmTiles(place, properties.alarms as string[], drawing)];
  if (type === "log") return [title, ...logTable(place, drawing)];
  return [title, ...(await graph(place, properties as unknown as GraphProperties, drawing))];
}

/** A heading, and lines of text. */
function markdown(words: string, { x, y }: Place): string[] {
  return words.split("\n").map((line, at) => {
    const isHeading = line.startsWith("# ");
    const style = isHeading ? { size: 20, weight: 700 } : { size: 14 };
    return text(x + 12, y + 30 + at * 28, line.replace(/^# /, ""), style);
  });
}

function alarmTiles(place: Place, arns: string[], { month, prefix }: Drawing): string[] {
  const perRow = 5;
  const width = (place.width - 20) / perRow;
  return arns.flatMap((arn, at) => {
    const found = alarmOf(month, arn);
    const { state } = stateChanges(found, month.metrics, monthStart, monthEnd).at(-1)!;
    const { colour, says } = stateLooks[state];
    const x = Math.round(place.x + 12 + (at % perRow) * width);
    const y = place.y + headHeight + Math.floor(at / perRow) * 27;
    const tile = { x, y, width: Math.round(width) - 6, height: 23 };
    const isAlarm = state === "ALARM";
    return [
      rectangle(tile, `rx="3" fill="${isAlarm ? colour : colours.card}" stroke="${colour}"`),
      text(x + 8, y + 16, found.name.slice(prefix.length), {
        ...{ size: 12, fill: isAlarm ? colours.card : colours.ink },
      }),
      text(x + tile.width - 8, y + 16, says, {
        ...{ size: 11, anchor: "end", weight: 600, fill: isAlarm ? colours.card : colour },
      }),
    ];
  });
}

/** Returns the alarm that an ARN names. */
export function alarmOf({ alarms }: Pick<Month, "alarms">, arn: string): Alarm {
  return alarms.find(({ name }) => arn.endsWith(`:${name}`))!;
}

async function graph(place: Place, properties: GraphProperties, drawing: Drawing): Promise<string[]> {
  const { month, from, draw } = drawing;
  const lines = properties.metrics.map((metric, at) =>
    chartLine(metric, lineColours[at % lineColours.length]!, properties, month.metrics, from),
  );
  const { entries, height: legendHeight } = legend(lines, place);
  const chart = await draw({
    width: place.width - 16,
    height: place.height - headHeight - legendHeight,
    ...{ from, to: monthEnd, lines, min: properties.yAxis?.left.min },
    limits: properties.annotations?.horizontal ?? [],
  });
  const isEmpty = lines.every(({ points }) => points.every(({ value }) => value === null));
  const middle = { x: place.x + place.width / 2, y: place.y + place.height / 2 };
  return [
    `<g transform="translate(${place.x + 8} ${place.y + headHeight})"><title>${escaped(graphTitle(properties))}</title>${chart}</g>`,
    ...(isEmpty ? [text(middle.x, middle.y, "No data available", { anchor: "middle" })] : []),
    ...entries,
  ];
}

/** Returns what a graph shows, for screen readers. */
export function graphTitle({ title, stat, period, annotations }: GraphProperties): string {
  const limits = annotations?.horizontal.map(({ label, value }) => `, ${label}: ${value}`) ?? [];
  return `${title} (${stat} of ${period / 3600} h${limits.join("")})`;
}

/** Names the lines below their graph, in as many rows as they need. */
function legend(lines: ChartLine[], place: Place): { entries: string[]; height: number } {
  const rows: ChartLine[][] = [[]];
  const widthOf = ({ label }: ChartLine) => 26 + label.length * 6.8;
  const widthOfAll = (row: ChartLine[]) => row.reduce((sum, line) => sum + widthOf(line), 0);
  for (const line of lines) {
    if (widthOfAll([...rows.at(-1)!, line]) > place.width) rows.push([]);
    rows.at(-1)!.push(line);
  }
  const entries = rows.flatMap((row, at) => {
    const y = place.y + place.height - 10 - (rows.length - 1 - at) * 16;
    return row.flatMap((line, nth) => {
      const x = place.x + 12 + widthOfAll(row.slice(0, nth));
      const square = { x, y: y - 9, width: 10, height: 10 };
      return [rectangle(square, `fill="${line.colour}"`), text(x + 15, y, line.label, { size: 12 })];
    });
  });
  return { entries, height: 6 + rows.length * 16 };
}

function chartLine(
  metric: GraphProperties["metrics"][number],
  colour: string,
  { stat, period }: GraphProperties,
  metrics: Metrics,
  from: number,
): ChartLine {
  const { label, color = colour } = metric.find((part) => typeof part !== "string")!;
  const [namespace, metricName, ...pairs] = metric.filter((part) => typeof part === "string");
  const dimensions = Object.fromEntries(
    Array.from({ length: pairs.length / 2 }, (_, at) => [pairs[2 * at]!, pairs[2 * at + 1]!]),
  );
  const id = { namespace: namespace!, metricName: metricName!, dimensions };
  const step = period * 1000;
  const points: ChartLine["points"] = [];
  for (let time = from; time < monthEnd; time += step) {
    const value = metrics.statistic(id, stat, time, time + step) ?? null;
    points.push({ time, value });
  }
  return { label, colour: color, points };
}

function logTable(place: Place, { month }: Drawing): string[] {
  const columns = [
    { name: "@timestamp", width: 150 },
    { name: "level", width: 56 },
    { name: "listener", width: 64 },
    { name: "what", width: 100 },
    { name: "message", width: 160 },
    { name: "why", width: place.width - 24 - 530 },
  ];
  const fitting = Math.floor((place.height - headHeight - 30) / 20);
  const newest = [...month.logs].sort(byNewest).slice(0, fitting);
  const rows = [
    columns.map(({ name }) => name),
    ...newest.map(({ time, level, listener, what, message, why }) => [
      new Date(time).toISOString().slice(0, 19).replace("T", " "),
      ...[level, listener, what, message, why],
    ]),
  ];
  return rows.flatMap((cells, at) => {
    let x = place.x + 12;
    return cells.map((cell, nth) => {
      const { width } = columns[nth]!;
      const drawn = text(x, place.y + headHeight + 16 + at * 20, cell, {
        ...{ size: 12, width: width - 8, weight: at === 0 ? 600 : 400 },
      });
      x += width;
      return drawn;
    });
  });
}

/** Rows of the same moment are in the order of their words: the order in which they arrive is not always the same. */
function byNewest(a: LogRow, b: LogRow): number {
  return b.time - a.time || JSON.stringify(b).localeCompare(JSON.stringify(a), "en");
}
