import type { PageAnswer } from "../reportData";
import { element } from "./elements";
import { day, number, time } from "./format";
import type { Row } from "./state";

/** A table is shown up to here; the file has all rows. */
const shown = 200;

/** Returns rows as a table. `columns` picks some of the columns and names them for readers. */
export function table(
  answer: Pick<PageAnswer, "columns" | "kinds">,
  rows: Row[],
  columns: Record<string, string> = Object.fromEntries(answer.columns.map((name) => [name, name])),
): HTMLElement {
  const names = Object.keys(columns);
  const isNumber = (name: string) => answer.kinds[answer.columns.indexOf(name)] === "number";
  const align = (name: string) => (isNumber(name) ? "number" : undefined);
  const head = names.map((name) => element("th", { scope: "col", class: align(name) }, columns[name]));
  const body = rows
    .slice(0, shown)
    .map((row) =>
      element(
        "tr",
        {},
        ...names.map((name) => element("td", { class: align(name) }, cellText(name, row[name]))),
      ),
    );
  const more = rows.length > shown && element("p", {}, `The first ${shown} rows; CSV has all.`);
  return element(
    "div",
    { class: "table", tabindex: 0, role: "region", "aria-label": "Rows" },
    element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body)),
    more,
  );
}

/** Returns a cell as a reader would write it. */
function cellText(column: string, value: Row[string] | undefined): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return /year|decade|saved_in/.test(column) ? String(value) : number(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return day(value);
  return /^\d{4}-\d\d-\d\d \d\d:\d\d/.test(value) ? time(value) : value;
}
