/**
 * Firing times of EventBridge schedule expressions, in UTC:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
import { UserError } from "../errors";

const minute = 60_000;
const day = 24 * 60 * minute;
const units: Record<string, number> = { minute, hour: 60 * minute, day };

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

/**
 * Returns when a rule with this `rate(…)` or `cron(…)` expression fires: all times t, in ms since 1970, with
 * from <= t < to, in ascending order. A rate counts from 1970 (on AWS: from when the rule was made), so that adjacent
 * periods join without a gap. Throws a {@link UserError} for an expression that is wrong or uses L, W or #.
 */
export function firings(expression: string, from: number, to: number): number[] {
  const [, kind, body] = /^(rate|cron)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === "rate") return multiples(ratePeriod(expression, body!), from, to);
  if (kind === "cron") return cronFirings(expression, body!, from, to);
  throw wrong(expression, "it must be rate(…) or cron(…)");
}

function ratePeriod(expression: string, body: string): number {
  const [, count, unit, plural] = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(body.trim()) ?? [];
  if (!unit) throw wrong(expression, "a rate is a whole number and minutes, hours or days");
  if ((count === "1") === (plural === "s")) {
    throw wrong(expression, `EventBridge wants ${count} ${unit}${count === "1" ? "" : "s"}`);
  }
  return Number(count) * units[unit]!;
}

function multiples(period: number, from: number, to: number): number[] {
  const times: number[] = [];
  for (let time = Math.ceil(from / period) * period; time < to; time += period) times.push(time);
  return times;
}

function cronFirings(expression: string, body: string, from: number, to: number): number[] {
  const texts = body.trim().split(/\s+/);
  if (texts.length !== fields.length) throw wrong(expression, "cron has six fields");
  if ((texts[2] === "?") === (texts[4] === "?")) {
    throw wrong(expression, "exactly one of day-of-month and day-of-week must be ?");
  }
  const [minutes, hours, monthDays, months, weekDays, years] = fields.map((field, index) =>
    allowedValues(expression, field, texts[index]!),
  ) as [number[], number[], number[], number[], number[], number[]];

  const fires = (midnight: Date) =>
    years.includes(midnight.getUTCFullYear()) &&
    months.includes(midnight.getUTCMonth() + 1) &&
    monthDays.includes(midnight.getUTCDate()) &&
    weekDays.includes(midnight.getUTCDay() + 1);
  return multiples(day, Math.floor(from / day) * day, to)
    .filter((midnight) => fires(new Date(midnight)))
    .flatMap((midnight) =>
      hours.flatMap((hour) => minutes.map((at) => midnight + hour * units.hour! + at * minute)),
    )
    .filter((time) => from <= time && time < to);
}

/** The values that a field's text allows, ascending: `*`, `?`, or a list of values, ranges and steps. */
function allowedValues(expression: string, field: Field, text: string): number[] {
  const allowed = new Set<number>();
  for (const part of text.split(",")) {
    const [, range, step] = /^([^/]+)(?:\/([1-9]\d*))?$/.exec(part) ?? [];
    if (!range) throw notAllowed(expression, field, part);
    const [first, last] = bounds(expression, field, range, step !== undefined);
    for (let value = first; value <= last; value += Number(step ?? 1)) allowed.add(value);
  }
  return [...allowed].sort((a, b) => a - b);
}

/** First and last value of `*`, `5` or `5-8`, or of a range with steps: `5/15` continues to the field's end. */
function bounds(expression: string, field: Field, range: string, stepped: boolean): [number, number] {
  if (range === "*" || (range === "?" && !stepped && field.name.startsWith("day-")))
    return [field.min, field.max];
  const ends = range.split("-").map((text) => fieldValue(expression, field, text));
  const [first, last = stepped ? field.max : first] = ends as [number, number?];
  if (ends.length > 2 || first > last) throw wrong(expression, `${range} is not a range of ${field.name}`);
  return [first, last];
}

function fieldValue(expression: string, field: Field, text: string): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return field.min + named;
  if (/[LW#]/i.test(text)) throw wrong(expression, `${text} in ${field.name} is not supported here`);
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= field.min && value <= field.max) return value;
  throw notAllowed(expression, field, text);
}

function notAllowed(expression: string, { name, min, max }: Field, text: string): UserError {
  return wrong(expression, `"${text}" is not allowed in ${name} (${min} to ${max})`);
}

function wrong(expression: string, reason: string): UserError {
  return new UserError(`The schedule ${expression} cannot be read: ${reason}.`);
}
