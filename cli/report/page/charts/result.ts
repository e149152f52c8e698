import * as Plot from "@observablehq/plot";
import { element } from "../elements";
import * as format from "../format";
import { numberIn, textIn, type Row } from "../state";
import { barList } from "./barList";
import { bandsAlong, bubble, daysAlong, draw, numbersUp } from "./plot";

/** How many rows a drawing shows. */
const shown = 2000;

/** Returns a drawing of a result, with a choice of what goes along and what goes up; nothing to draw gives an empty one. */
export function resultChart(columns: string[], kinds: string[], rows: Row[]): HTMLElement {
  const numbers = columns.filter((_, at) => kinds[at] === "number");
  const chart = element("div", { class: "chart" });
  if (numbers.length === 0 || rows.length === 0) return chart;
  const others = columns.filter((name) => !numbers.includes(name));
  const along = choice(
    "Along",
    [...others, ...numbers],
    others.find((name) => isTime(rows, name)) ?? others[0],
  );
  const up = choice(
    "Up",
    numbers,
    numbers.find((name) => name !== along.value),
  );
  const kind = choice("As", ["columns", "line", "list"], isTime(rows, along.value) ? "columns" : "list");
  const redraw = () => {
    const old = chart.querySelector(".drawing");
    const width = Math.max(280, chart.clientWidth);
    const drawing = element(
      "div",
      { class: "drawing" },
      drawn(kind.value, along.value, up.value, rows, width),
    );
    if (old) old.replaceWith(drawing);
    else chart.append(drawing);
  };
  for (const { node } of [along, up, kind]) node.addEventListener("change", redraw);
  chart.append(element("div", { class: "choices" }, along.node, up.node, kind.node));
  requestAnimationFrame(redraw);
  return chart;
}

function choice(
  label: string,
  names: string[],
  first = names[0],
): { node: HTMLElement; readonly value: string } {
  const select = element(
    "select",
    {},
    ...names.map((name) => element("option", { selected: name === first }, name)),
  );
  return {
    node: element("label", {}, `${label} `, select),
    get value() {
      return select.value;
    },
  };
}

function isTime(rows: Row[], column: string): boolean {
  return rows.every((row) => /^\d{4}-\d\d-\d\d( |$)/.test(textIn(row, column)));
}

function drawn(kind: string, along: string, up: string, all: Row[], width: number): Node {
  const rows = all.slice(0, shown);
  if (kind === "list")
    return barList(rows.slice(0, 50).map((row) => ({ name: textIn(row, along), value: numberIn(row, up) })));
  const areTimes = isTime(rows, along);
  const points = rows.map((row) => ({
    x: areTimes ? format.instant(textIn(row, along)) : textIn(row, along),
    y: numberIn(row, up),
    title: `${textIn(row, along)}\n${format.number(numberIn(row, up))}`,
  }));
  const marks =
    kind === "line"
      ? Plot.lineY(points, { x: "x", y: "y", stroke: "var(--one)", strokeWidth: 2 })
      : areTimes
        ? Plot.ruleX(points, {
            x: "x",
            y: "y",
            stroke: "var(--one)",
            strokeWidth: Math.max(1, width / points.length / 1.6),
          })
        : Plot.barY(points, { x: "x", y: "y", fill: "var(--one)" });
  const svg = draw({
    width,
    x: areTimes ? { type: "utc", inset: 12 } : { type: kind === "line" ? "point" : "band" },
    marks: [
      ...numbersUp(width),
      areTimes ? daysAlong(width, format.shortDay) : bandsAlong(width, points.length),
      Plot.ruleY([0], { stroke: "var(--line)" }),
      marks,
      Plot.tip(points, Plot.pointerX({ x: "x", y: "y", title: "title", ...bubble })),
    ],
  });
  svg.setAttribute("aria-hidden", "true");
  return element(
    "div",
    { role: "img", "aria-label": `${up} by ${along}; the table below has the numbers.` },
    svg,
  );
}
