import { csvText } from "../../lib/csv";
import type { PageAnswer } from "../reportData";
import { element } from "./elements";
import { counted } from "./format";
import { doLater, dropWork } from "./schedule";
import { answerOf, rowsOf, type Row, type State } from "./state";
import { table } from "./table";

/** A question and how its answer is drawn. */
export interface Card {
  /** The question's id, without its period. */
  id: string;
  title: string;
  /** Asked as a reader would. */
  question: string;
  /** Takes the whole width of the page, half of it or a third. */
  size: "whole" | "half" | "third";
  /** Draws the listener's rows, of which there is one at least, into `width` pixels. */
  draw(rows: Row[], width: number, state: State): Node;
  /** Says in a sentence what the drawing shows; a list needs none. */
  summary?(rows: Row[], state: State): string;
  /** Says why there are no rows and what to do; by default, that nothing is known. */
  empty?(state: State): string;
  /** Whether the card is shown; by default it always is, and says why it is empty. */
  isShown?(rows: Row[]): boolean;
}

/** A card on the page. */
export interface PlacedCard {
  node: HTMLElement;
  update(state: State): void;
}

/** In pixels: what is drawn for less is not legible. */
const leastWidth = 220;

/**
 * Returns the card as it stands on the page. It draws itself anew when its width changes: at once on the screen, and else
 * when there is time.
 */
export function placeCard(card: Card, initial: State): PlacedCard {
  let [state, drawnWidth] = [initial, 0];
  const name = `card-${card.id}`;
  const chart = element("div", { class: "chart" });
  const summary = element("p", { class: "summary" });
  const tools = element("div", { class: "tools" });
  const node = element(
    "section",
    { class: `card ${card.size}`, id: name, "aria-labelledby": `${name}-title` },
    element("h3", { id: `${name}-title` }, card.title),
    element("p", { class: "question" }, card.question),
    summary,
    chart,
    tools,
  );
  const draw = () => {
    drawnWidth = chart.clientWidth;
    const rows = rowsOf(state, card.id);
    if (drawnWidth === 0 || rows.length === 0) return;
    const drawing = card.draw(rows, Math.max(drawnWidth, leastWidth), state);
    chart.replaceChildren(labelled(drawing, card, rows, state));
  };
  const drawSoon = () => {
    dropWork(chart);
    if (isOnScreen(node)) draw();
    else doLater(chart, draw);
  };
  const update = (next: State) => {
    state = next;
    const rows = rowsOf(state, card.id);
    const answer = answerOf(state, card.id);
    node.hidden = card.isShown?.(rows) === false;
    node.classList.toggle("empty", rows.length === 0);
    summary.textContent =
      rows.length > 0 ? (card.summary?.(rows, state) ?? "") : nothing(answer, card.empty?.(state));
    summary.hidden = summary.textContent === "";
    chart.hidden = rows.length === 0;
    tools.replaceChildren(...toolsOf(card.id, state));
    if (rows.length > 0) return drawSoon();
    dropWork(chart);
    chart.replaceChildren();
  };
  new ResizeObserver(() => {
    if (chart.clientWidth !== drawnWidth) drawSoon();
  }).observe(chart);
  return { node, update };
}

function isOnScreen(node: HTMLElement): boolean {
  const { top, bottom } = node.getBoundingClientRect();
  return top < innerHeight && bottom > 0;
}

function nothing({ error, empty }: PageAnswer, sentence?: string): string {
  if (error !== undefined) return `This question could not be answered: ${error}`;
  return sentence ?? empty ?? "Nothing is known of this yet.";
}

/** A picture is one thing with one text, its summary; readers are told nothing of its parts. */
function labelled(drawing: Node, card: Card, rows: Row[], state: State): Node {
  const svg = drawing instanceof HTMLElement ? drawing.querySelector("svg") : drawing;
  if (!(svg instanceof SVGElement)) return drawing;
  const label = [card.title, card.summary?.(rows, state) ?? ""].join(". ");
  const frame = element("div", { role: "img", "aria-label": label });
  svg.setAttribute("aria-hidden", "true");
  svg.replaceWith(frame);
  frame.append(svg);
  return drawing === svg ? frame : drawing;
}

/** What every card has below it: its statement, its rows, and the rows as a file. */
function toolsOf(id: string, state: State): Node[] {
  const answer = answerOf(state, id);
  const { sql, query } = answer;
  if (answer.rows.length === 0) return [details("SQL", () => code(sql))];
  const rows = rowsOf(state, id);
  return [
    details("SQL", () => code(sql)),
    details(counted(rows.length, "row"), () => table(answer, rows)),
    element(
      "button",
      { type: "button", class: "csv", click: () => saveCsv(answer), "aria-label": `Save ${query} as CSV` },
      "CSV",
    ),
  ];
}

/** What opens is made when it is first opened. */
function details(title: string, content: () => Node): HTMLElement {
  const node = element("details", {}, element("summary", {}, title));
  node.addEventListener("toggle", () => {
    if (node.open && node.childElementCount === 1) node.append(content());
  });
  return node;
}

function code(sql: string): HTMLElement {
  return element("pre", { tabindex: 0, role: "region", "aria-label": "SQL" }, element("code", {}, sql));
}

/** Saves all rows of an answer, as `npx spotify-lake query --csv` prints them. */
export function saveCsv({
  query,
  columns,
  kinds,
  rows,
}: Pick<PageAnswer, "query" | "columns" | "kinds" | "rows">) {
  const text = csvText({ columns, kinds, rows: rows as unknown[][] });
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  element("a", { href: url, download: `${query}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
