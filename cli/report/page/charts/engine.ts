import * as Plot from "@observablehq/plot";
import type { Card } from "../card";
import { element } from "../elements";
import * as format from "../format";
import { numberIn, textIn, type State } from "../state";
import { table } from "../table";
import { barList } from "./barList";
import { legend } from "./legend";
import { leftOut } from "./library";
import { labelledPair } from "./listening";
import { bubble, daysAlong, draw, numbersUp } from "./plot";

/** Draws what stands between Spotify and those who ask: how much lies at each step. */
export function dataFlow({ data }: State): HTMLElement {
  const { raw, tables, quarantined, failures = {} } = data.place.flow;
  const failed = Object.values(failures).reduce((total, count) => total + count, 0);
  const waiting = failed > 0 ? [`${format.counted(failed, "failed event")} on the way`] : [];
  const all = Object.values(tables);
  const sum = (pick: (one: (typeof all)[number]) => number) =>
    all.reduce((total, one) => total + pick(one), 0);
  const calls = data.answers.calls_used!.rows.reduce(
    (total, row) => total + Number(row[data.answers.calls_used!.columns.indexOf("calls")]),
    0,
  );
  const [files, size, rows] = [sum((one) => one.files), sum((one) => one.bytes), sum((one) => one.rows ?? 0)];
  const step = (name: string, value: string, ...details: string[]) =>
    element(
      "li",
      {},
      element("span", { class: "step" }, name),
      element("strong", {}, value),
      ...details.map((detail) => element("small", {}, detail)),
    );
  const isCounted = all.some((one) => one.rows !== undefined);
  return element(
    "ol",
    { class: "flow", "aria-label": "The way of the data" },
    step("Spotify", format.counted(calls, "call"), "in the last 28 days"),
    step(
      "raw",
      format.counted(raw.objects, "object"),
      format.bytes(raw.bytes),
      "answers as they came",
      ...waiting,
    ),
    step(
      "tables",
      isCounted ? format.counted(rows, "row") : format.counted(files, "file"),
      `${format.counted(files, "file")}, ${format.bytes(size)}`,
      `in ${format.counted(all.filter((one) => one.files > 0).length, "table")}`,
      ...(quarantined === undefined ? [] : [`${format.counted(quarantined, "row")} kept out, in quarantine`]),
    ),
    step("this page", format.counted(Object.keys(data.answers).length, "answer"), "of the named queries"),
  );
}

const calls: Card = {
  id: "calls_used",
  title: "Spotify calls",
  question: "How many calls did each day take of its budget? Days are UTC, as the budget is.",
  size: "half",
  draw(rows, width, { data }) {
    const { callBudget } = data.place;
    const days = rows.map((row) => ({
      date: format.instant(textIn(row, "day")),
      calls: numberIn(row, "calls"),
      runs: numberIn(row, "runs"),
    }));
    const svg = draw({
      width,
      x: { type: "utc" },
      y: { domain: [0, callBudget * 1.05] },
      marks: [
        ...numbersUp(width),
        daysAlong(width, format.shortDay),
        Plot.rectY(days, {
          ...{
            x: "date",
            interval: "day",
            y: "calls",
            fill: "var(--one)",
            className: "values",
            insetLeft: 1,
            insetRight: 1,
          },
        }),
        Plot.ruleY([callBudget], { stroke: "var(--two)", strokeWidth: 2, strokeDasharray: "4 3" }),
        Plot.ruleY([0], { stroke: "var(--line)" }),
        Plot.tip(
          days,
          Plot.pointerX({
            ...{ x: "date", y: "calls", ...bubble },
            title: (one: (typeof days)[number]) =>
              `${format.day(one.date)}\n${format.counted(one.calls, "call")} in ${format.counted(one.runs, "run")}`,
          }),
        ),
      ],
    });
    return labelledPair(
      svg,
      legend([
        ["calls", "one"],
        [`budget: ${format.number(callBudget)} a day`, "two", "line"],
      ]),
    );
  },
  summary(rows, { data }) {
    const most = rows.reduce((one, other) =>
      numberIn(other, "calls") > numberIn(one, "calls") ? other : one,
    );
    return `At most ${format.number(numberIn(most, "calls"))} of ${format.number(data.place.callBudget)}, on ${format.day(textIn(most, "day"))}.`;
  },
  empty: () => "No run was made in the last 28 days.",
};

const runs: Card = {
  id: "runs",
  title: "Runs",
  question: "How did the runs of the last 28 days end?",
  size: "third",
  draw(rows) {
    const count = (status: string) => rows.filter((row) => row.status === status).length;
    const failed = rows
      .filter((row) => row.status !== "complete")
      .slice(-5)
      .reverse();
    const lines = failed.map((row) =>
      element(
        "li",
        {},
        element("span", { class: "name" }, `${textIn(row, "status")}: ${textIn(row, "stop_reason")}`),
        element("small", {}, format.time(textIn(row, "started_at"))),
      ),
    );
    return element(
      "div",
      {},
      barList(["complete", "partial", "failed"].map((status) => ({ name: status, value: count(status) }))),
      element("ul", { class: "lines" }, ...lines),
    );
  },
  summary(rows) {
    const incomplete = rows.filter((row) => row.status !== "complete").length;
    return incomplete === 0
      ? `All ${format.counted(rows.length, "run")} were complete.`
      : `${format.number(incomplete)} of ${format.counted(rows.length, "run")} were not complete.`;
  },
  empty: () => "No run was made in the last 28 days.",
};

const fresh: Card = {
  id: "freshness",
  title: "Freshness",
  question: "When was each stream last read whole?",
  size: "half",
  draw: (rows) =>
    barList(
      rows.map((row) => {
        const [days, incomplete] = [numberIn(row, "days_ago"), numberIn(row, "incomplete_reads")];
        const last = row.last_read_at === null ? "never" : format.time(textIn(row, "last_read_at"));
        const lacking = incomplete > 0 ? `, ${format.counted(incomplete, "read")} without all rows` : "";
        return {
          ...{ name: textIn(row, "stream"), detail: last + lacking, value: days > 1 ? days : 0 },
          text: row.days_ago === null ? "–" : format.daysAgo(days),
        };
      }),
    ),
  summary(rows) {
    const oldest = Math.max(...rows.map((row) => numberIn(row, "days_ago")));
    return oldest <= 1
      ? "Everything was read within a day."
      : `The oldest was read ${format.counted(oldest, "day")} ago; a list that has not changed is not read again.`;
  },
  empty: () => "No stream was read yet.",
};

const quality: Card = {
  id: "quality_failures",
  title: "Quality",
  question: "Which quality rules failed in the last 30 days?",
  size: "half",
  draw: (rows, _width, { data }) =>
    table(data.answers.quality_failures!, rows, {
      ...{ severity: "severity", table_name: "table", rule: "rule", column_name: "column" },
      ...{ failures: "times", failed_rows: "rows", last_failed_at: "last" },
    }),
  summary(rows) {
    const blocked = rows.filter((row) => row.severity === "block").length;
    return blocked > 0
      ? `${format.counted(blocked, "rule")} kept data out of the tables.`
      : `${format.counted(rows.length, "rule")} failed; the rows were published all the same.`;
  },
};

/** How many gaps the card shows; its rows have all. */
const gapsShown = 10;

const gaps: Card = {
  id: "play_gaps",
  title: "Gaps in the plays",
  question: "When may plays be missing, since more were played between two reads than Spotify shows?",
  size: "half",
  draw: (rows) =>
    barList(
      rows
        .slice(-gapsShown)
        .reverse()
        .map((row) => {
          const known = numberIn(row, "plays_known");
          return {
            name: format.times(textIn(row, "gap_from"), textIn(row, "gap_to")),
            ...(known > 0 && { detail: `${format.counted(known, "play")} of it imported` }),
            value: numberIn(row, "minutes"),
            text: format.duration(numberIn(row, "minutes")),
          };
        }),
    ),
  summary(rows) {
    const newest = rows.length > gapsShown ? ` The newest ${gapsShown} are shown.` : "";
    return `${format.counted(rows.length, "gap")}. Spotify shows the last 50 plays; an imported history knows the others.${newest}`;
  },
};

const signIns: Card = {
  id: "token_days_left",
  title: "Sign-in",
  question: "When does Spotify end the sign-in?",
  size: "third",
  draw: (rows) =>
    element(
      "p",
      { class: "big" },
      rows[0]!.days_left === null ? "–" : format.number(numberIn(rows[0], "days_left")),
      element("small", {}, rows[0]!.days_left === null ? "not known" : "days left"),
    ),
  summary: ([row]) =>
    row!.ends_on === null
      ? "An app without a listener has none, or its date is not known."
      : `It ends on ${format.day(textIn(row, "ends_on"))}.`,
  empty: () => "No run has reported a sign-in yet.",
};

const complete: Card = {
  id: "completeness",
  title: "Completeness",
  question: "Of the playlists in the list, how many are held as they are now?",
  size: "third",
  draw: ([row]) =>
    barList([
      { name: "held as they are now", value: numberIn(row, "up_to_date") },
      { name: "held in an older version", value: numberIn(row, "outdated") },
      { name: "not held, and the reason is known", value: numberIn(row, "skipped") },
      { name: "not read yet", value: numberIn(row, "not_yet_read") },
    ]),
  summary: ([row]) =>
    `${format.number(numberIn(row, "up_to_date"))} of ${format.counted(numberIn(row, "playlists"), "playlist")} are up to date.`,
  empty: () => "No list of playlists was read yet.",
};

/** How the pipeline does. */
export const engine: Card[] = [runs, complete, signIns, calls, fresh, quality, gaps, ...leftOut];
