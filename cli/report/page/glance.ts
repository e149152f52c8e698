import { element } from "./elements";
import * as format from "./format";
import { numberIn, periodName, rowsOf, textIn, type Row, type State } from "./state";

/** Returns the chosen period in a few numbers, against the period before. */
export function glance(state: State): HTMLElement {
  const row = rowsOf(state, "period_summary").find(({ days }) => days === state.period);
  if (!row) return element("p", { class: "empty" }, "No plays are known yet.");
  const tile = (name: string, column: string, text = format.number(numberIn(row, column))) =>
    element(
      "div",
      { class: "tile" },
      element("dt", {}, name),
      element("dd", {}, element("strong", {}, text), element("small", {}, against(row, column, state))),
    );
  return element(
    "dl",
    { class: "tiles" },
    tile("Plays", "plays"),
    tile("Heard", "minutes", format.duration(numberIn(row, "minutes"))),
    tile("Artists", "artists"),
    tile("New artists", "new_artists"),
    tile("Tracks", "tracks"),
    streak(state),
  );
}

/** Compares a number with that of the period before, if plays are known from its first day on. */
function against(row: Row, column: string, state: State): string {
  const { period, data } = state;
  const first = textIn(rowsOf(state, "listening_by_day")[0], "played_on");
  if (period === 36500) return `since ${format.day(first)}`;
  if (first > format.addDays(data.place.asOf, 1 - 2 * period)) return `known since ${format.day(first)}`;
  const [now, before] = [numberIn(row, column), numberIn(row, `${column}_before`)];
  if (now === before) return "as in the period before";
  const arrow = now > before ? "▲" : "▼";
  if (before === 0) return `${arrow} from 0`;
  const change = Math.abs(now - before) / before;
  const text = change > 9.99 ? `from ${format.number(before)}` : format.share(change);
  return `${arrow} ${text} against the ${periodName(period).replace("a year", "year")} before`;
}

function streak(state: State): HTMLElement {
  const streaks = rowsOf(state, "listening_streaks");
  const running = streaks.find((row) => row.is_running);
  const longest = streaks[0];
  const detail = longest
    ? `longest: ${format.counted(numberIn(longest, "days"), "day")} from ${format.day(textIn(longest, "first_day"))}`
    : "none yet";
  return element(
    "div",
    { class: "tile" },
    element("dt", {}, "Streak"),
    element(
      "dd",
      {},
      element("strong", {}, format.counted(numberIn(running, "days"), "day")),
      element("small", {}, detail),
    ),
  );
}
