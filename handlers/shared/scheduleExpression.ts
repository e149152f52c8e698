/**
 * Schedule expressions of EventBridge, in UTC:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 * Glue takes the cron form: https://docs.aws.amazon.com/glue/latest/dg/monitor-data-warehouse-schedule.html
 */

const minute = 60_000;
const units: Record<string, number> = { minute, hour: 60 * minute, day: 24 * 60 * minute };

/** One field of a cron expression: what it counts, its bounds and the names for its values, the first one for `min`. */
interface Field {
  name: string;
  min: number;
  max: number;
  names?: string[];
}

const fields: Field[] = [
  { name: "minutes", min: 0, max: 59 },
  { name: "hours", min: 0, max: 23 },
  { name: "day-of-month", min: 1, max: 31 },
  { name: "month", min: 1, max: 12, names: "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ") },
  { name: "day-of-week", min: 1, max: 7, names: "SUN MON TUE WED THU FRI SAT".split(" ") },
  { name: "year", min: 1970, max: 2199 },
];

/** The values that each field of a cron expression allows, ascending. */
export interface CronSchedule {
  kind: "cron";
  minutes: number[];
  hours: number[];
  monthDays: number[];
  months: number[];
  /** 1 is Sunday. */
  weekDays: number[];
  years: number[];
  /** The days that L, W or # name, such as `15W in day-of-month`; the lists above leave them out. */
  special: string[];
}

/** A schedule: every `periodMs`, or what a cron expression says. */
export type Schedule = { kind: "rate"; periodMs: number } | CronSchedule;

/** Reads a `rate(…)` or `cron(…)` expression. Throws an Error that says what is wrong with it. */
export function parseSchedule(expression: string): Schedule {
  const [, kind, body] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === "rate") return { kind, periodMs: ratePeriod(body!) };
  if (kind === "cron") return cronSchedule(body!);
  throw new Error("it must be rate(…) or cron(…)");
}

function ratePeriod(body: string): number {
  const [, count, unit, plural] = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(body.trim()) ?? [];
  if (!unit) throw new Error("a rate is a whole number and minutes, hours or days");
  if ((count === "1") === (plural === "s")) {
    throw new Error(`EventBridge wants ${count} ${unit}${count === "1" ? "" : "s"}`);
  }
  return Number(count) * units[unit]!;
}

function cronSchedule(body: string): CronSchedule {
  const texts = body.trim().split(/\s+/);
  if (texts.length !== fields.length) throw new Error("cron has six fields");
  if ((texts[2] === "?") === (texts[4] === "?")) {
    throw new Error("exactly one of day-of-month and day-of-week must be ?");
  }
  const special: string[] = [];
  const values = (at: number) => allowedValues(fields[at]!, texts[at]!, special);
  return {
    kind: "cron",
    minutes: values(0),
    hours: values(1),
    monthDays: values(2),
    months: values(3),
    weekDays: values(4),
    years: values(5),
    special,
  };
}

/** The values that a field's text allows, ascending: `*`, `?`, or a list of values, ranges and steps. */
function allowedValues(field: Field, text: string, special: string[]): number[] {
  const allowed = new Set<number>();
  for (const part of text.split(",")) {
    if (isSpecial(field, part)) {
      special.push(`${part} in ${field.name}`);
      continue;
    }
    const [, range, step] = /^([^/]+)(?:\/([1-9]\d*))?$/.exec(part) ?? [];
    if (!range) throw notAllowed(field, part);
    const [first, last] = bounds(field, range, step !== undefined);
    for (let value = first; value <= last; value += Number(step ?? 1)) allowed.add(value);
  }
  return [...allowed].sort((a, b) => a - b);
}

/** The last day of a month or week, the working day next to a day, a week's day by its number in the month. */
function isSpecial(field: Field, part: string): boolean {
  if (field.name === "day-of-month") {
    const [, day] = /^(?:L|LW|(\d+)W)$/i.exec(part) ?? ["", "none"];
    return day !== "none" && (day === undefined || fieldValue(field, day) > 0);
  }
  if (field.name !== "day-of-week") return false;
  const [whole, day] = /^(?:L|(\w+)(?:L|#[1-5]))$/i.exec(part) ?? [];
  return whole !== undefined && (day === undefined || fieldValue(field, day) > 0);
}

/** First and last value of `*`, `5`, `5-8`, or of what a step counts through: `5/15` goes on to the field's end. */
function bounds(field: Field, range: string, stepped: boolean): [number, number] {
  if (range === "*" || (range === "?" && !stepped && field.name.startsWith("day-")))
    return [field.min, field.max];
  const ends = range.split("-").map((text) => fieldValue(field, text));
  const [first, last = stepped ? field.max : first] = ends as [number, number?];
  if (ends.length > 2 || first > last) throw new Error(`${range} is not a range of ${field.name}`);
  return [first, last];
}

function fieldValue(field: Field, text: string): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return field.min + named;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= field.min && value <= field.max) return value;
  throw notAllowed(field, text);
}

function notAllowed({ name, min, max }: Field, text: string): Error {
  return new Error(`"${text}" is not allowed in ${name} (${min} to ${max})`);
}

/** Reads a `cron(…)` expression that Glue takes too. Throws an Error that says what is wrong with it. */
export function parseGlueSchedule(expression: string): CronSchedule {
  const schedule = parseSchedule(expression);
  if (schedule.kind !== "cron") throw new Error("Glue takes cron(…) alone");
  const numbered = schedule.special.find((day) => day.includes("#"));
  if (numbered !== undefined) throw new Error(`Glue does not know ${numbered}`);
  const { minutes } = schedule;
  if (minutes.some((at, index) => index > 0 && at - minutes[index - 1]! < 5))
    throw new Error("Glue takes five minutes between two crawls at least");
  return schedule;
}

/**
 * Returns how often a schedule fires between `now` (ms UTC) and the end of the UTC day. That is the most it can be for a
 * rate, of which nobody here knows when it began, and on days that L, W or # may name.
 */
export function firingsLeftToday(schedule: Schedule, now: number): number {
  const sinceMidnight = now % units.day!;
  if (schedule.kind === "rate") return Math.ceil((units.day! - sinceMidnight) / schedule.periodMs);
  const { minutes, hours, monthDays, months, weekDays, years, special } = schedule;
  const today = new Date(now);
  const isNamed = monthDays.includes(today.getUTCDate()) && weekDays.includes(today.getUTCDay() + 1);
  const isInYear = years.includes(today.getUTCFullYear()) && months.includes(today.getUTCMonth() + 1);
  if (!isInYear || !(isNamed || special.length > 0)) return 0;
  const times = hours.flatMap((hour) => minutes.map((past) => hour * units.hour! + past * minute));
  return times.filter((time) => time >= sinceMidnight).length;
}
