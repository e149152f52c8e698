/** The picture of all alarms over the month. */
import { dayMs } from "../../simulator/times";
import { stateChanges, type AlarmState } from "./states";
import { alarmOf, bodyOf, type Month } from "./dashboard";
import { monthDays, monthEnd, monthStart, story } from "./story";
import { colours, picture, rectangle, text } from "./svg";

const [left, dayWidth, rowHeight, right] = [160, 30, 26, 16];
/** Where the words about what happened begin, and how far apart they are. */
const [wordsTop, wordsHeight] = [64, 20];
const width = left + monthDays * dayWidth + right;

const stateColours: Record<AlarmState, string> = {
  OK: "#b7d9b1",
  ALARM: colours.alarm,
  INSUFFICIENT_DATA: "#c6cdd5",
};

/** Draws the states of every alarm, and what happened. `prefix` is what all names start with. */
export function timelinePicture(month: Month, prefix: string): string {
  const told = story.filter(({ says }) => says !== "");
  const top = wordsTop + told.length * wordsHeight;
  // In the dashboard's order.
  const arns = bodyOf(month).widgets.find(({ type }) => type === "alarm")!.properties.alarms as string[];
  const rows = arns.map((arn, at) => {
    const alarm = alarmOf(month, arn);
    const y = top + at * rowHeight;
    const changes = stateChanges(alarm, month.metrics, monthStart, monthEnd);
    const bars = changes.map(({ time, state }, nth) =>
      bar(time, changes[nth + 1]?.time ?? monthEnd, y, state),
    );
    return [text(left - 10, y + 17, alarm.name.slice(prefix.length), { anchor: "end" }), ...bars].join("");
  });
  const bottom = top + arns.length * rowHeight;
  const days = Array.from({ length: monthDays }, (_, day) => {
    const style = { anchor: "middle", size: 12, fill: colours.faint } as const;
    return text(left + (day + 0.5) * dayWidth, bottom + 16, dayName(day), style);
  });
  return picture(
    {
      ...{ width, height: bottom + 58, title: "The alarms of a simulated month" },
      description: `A row for each alarm, red while it is in alarm. What happened: ${told.map(({ says }) => says).join("; ")}.`,
    },
    [
      text(left, 28, "The alarms of four weeks", { size: 18, weight: 700 }),
      text(left - 10, bottom + 16, "March", { anchor: "end", size: 12, fill: colours.faint }),
      ...[...rows, ...days, ...legend(bottom + 42)],
      ...told.map(({ time }, at) => {
        const x = xOf(time);
        return `<path d="M${x},${wordsTop + at * wordsHeight - 12}V${bottom}" stroke="${colours.faint}" stroke-dasharray="2 3"/>`;
      }),
      ...told.map(({ time, says }, at) => happened(xOf(time), wordsTop + at * wordsHeight, says)),
    ],
  );
}

/** Words beside their line, on whichever side there is room; other lines do not run through them. */
function happened(x: number, y: number, says: string): string {
  const isLate = x > width * 0.6;
  const place = { x: isLate ? x - 6 : x + 6, anchor: isLate ? "end" : "start" } as const;
  const halo = `stroke="${colours.ground}" stroke-width="5" stroke-linejoin="round" paint-order="stroke"`;
  return `<g ${halo}>${text(place.x, y, says, { anchor: place.anchor })}</g>`;
}

function bar(from: number, to: number, y: number, state: AlarmState): string {
  const [x, end] = [xOf(from), xOf(to)];
  // A state of minutes is to be seen as well.
  const shown = Math.max(end - x, state === "ALARM" ? 3 : 0);
  const isAlarm = state === "ALARM";
  const place = { x, y: y + (isAlarm ? 4 : 8), width: round(shown), height: isAlarm ? 18 : 10 };
  return rectangle(place, `fill="${stateColours[state]}"`);
}

function legend(y: number): string[] {
  const names: Record<AlarmState, string> = {
    OK: "OK",
    ALARM: "in alarm",
    INSUFFICIENT_DATA: "not enough data yet",
  };
  return Object.entries(names).flatMap(([state, name], at) => {
    const x = left + at * 130;
    const place = { x, y: y - 11, width: 14, height: 12 };
    return [rectangle(place, `fill="${stateColours[state as AlarmState]}"`), text(x + 20, y, name)];
  });
}

function xOf(time: number): number {
  return round(left + ((time - monthStart) / dayMs) * dayWidth);
}

function dayName(day: number): string {
  return String(new Date(monthStart + day * dayMs).getUTCDate());
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
