import { element } from "./elements";
import * as format from "./format";
import { readMore } from "./charts/library";
import { numberIn, rowsOf, textIn, type State } from "./state";

/** Something that a person should know, and what to do about it. */
interface Note {
  /** `act` needs a person, `know` does not. */
  kind: "act" | "know";
  text: string;
}

/** Returns what is missing or wrong in the lake, what needs a person first. */
function notesOf(state: State): Note[] {
  const notes = [lastRun, signIn, nothingRead, unread, quality, gaps].flatMap((look) => look(state));
  return notes.sort((one, other) => Number(other.kind === "act") - Number(one.kind === "act"));
}

/** Returns the notes as they stand above the charts; nothing if all is well. */
export function attention(state: State): HTMLElement {
  const notes = notesOf(state);
  return element(
    "aside",
    { class: "notes", "aria-label": "What needs attention", hidden: notes.length === 0 },
    element("ul", {}, ...notes.map(({ kind, text }) => element("li", { class: kind }, text))),
  );
}

function lastRun(state: State): Note[] {
  const last = rowsOf(state, "runs").at(-1);
  const at = () => format.time(textIn(last, "started_at"));
  if (last?.status === "failed") {
    const reason = textIn(last, "stop_reason");
    const what = /grant|sign_in|token/.test(reason)
      ? "Sign in again with npx spotify-lake login."
      : "docs/faults.md says what each reason means; the next run tries again.";
    return [
      { kind: "act", text: `The last run, of ${at()}, failed (${reason || "no reason was given"}). ${what}` },
    ];
  }
  return last?.status === "partial"
    ? [
        {
          kind: "know",
          text: `The last run, of ${at()}, stopped early (${textIn(last, "stop_reason")}); the next one goes on from there.`,
        },
      ]
    : [];
}

function signIn(state: State): Note[] {
  const [row] = rowsOf(state, "token_days_left");
  if (row?.days_left === null || row === undefined) return [];
  const left = numberIn(row, "days_left");
  if (left >= state.data.place.warnedDays) return [];
  const when = left < 0 ? "has ended" : `ends in ${format.counted(left, "day")}`;
  return [{ kind: "act", text: `The sign-in ${when}; npx spotify-lake login renews it.` }];
}

function nothingRead(state: State): Note[] {
  const streams = rowsOf(state, "freshness").filter((row) => textIn(row, "stream") !== "streaming_history");
  const plays = rowsOf(state, "listening_by_day").length;
  const { place } = state.data;
  if (streams.length === 0 && plays > 0)
    return [
      {
        kind: "know",
        text: `Only imported history is here, so playlists and saved tracks are missing; ${readMore(place)}`,
      },
    ];
  if (streams.length === 0) return [];
  const whole = streams.filter((row) => row.days_ago !== null);
  const newest = Math.min(...whole.map((row) => numberIn(row, "days_ago")));
  return whole.length > 0 && newest > 1
    ? [{ kind: "act", text: `Nothing was read for ${format.counted(newest, "day")}; ${readMore(place)}` }]
    : [];
}

function unread(state: State): Note[] {
  const incomplete = rowsOf(state, "freshness").filter((row) => numberIn(row, "incomplete_reads") > 0);
  const names = incomplete.map((row) => textIn(row, "stream")).join(", ");
  const what = `npx spotify-lake verify${state.data.place.options} shows what is missing, replay builds it again.`;
  return incomplete.length > 0
    ? [{ kind: "act", text: `Reads of ${names} lack rows, so they do not count; ${what}` }]
    : [];
}

function quality(state: State): Note[] {
  const blocked = rowsOf(state, "quality_failures").filter((row) => row.severity === "block");
  return blocked.length > 0
    ? [
        {
          kind: "act",
          text: `A quality rule kept data of ${[...new Set(blocked.map((row) => textIn(row, "table_name")))].join(", ")} out of the tables; docs/quality.md says what to do.`,
        },
      ]
    : [];
}

function gaps(state: State): Note[] {
  const since = format.addDays(state.data.place.asOf, -28);
  const recent = rowsOf(state, "play_gaps").filter((row) => textIn(row, "noticed_at") >= since);
  return recent.length > 0
    ? [
        {
          kind: "know",
          text: `Plays may be missing in ${format.counted(recent.length, "stretch", "stretches")} of the last 28 days; an imported history fills them.`,
        },
      ]
    : [];
}
