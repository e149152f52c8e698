/** Firing times of EventBridge's schedule expressions, in UTC. */
import { parseSchedule, type CronSchedule, type Schedule } from "../../handlers/shared/scheduleExpression";
import { UserError } from "../errors";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * Returns when a rule with this `rate(…)` or `cron(…)` expression fires: all times t, in ms since 1970, with
 * from <= t < to, in ascending order. A rate counts from 1970 (on AWS: from when the rule was made), so that adjacent
 * periods join without a gap. Throws a {@link UserError} that names an expression that is wrong or uses L, W or #, which
 * the embedded cloud does not support.
 */
export function firings(expression: string, from: number, to: number): number[] {
  const schedule = parsed(expression);
  if (schedule.kind === "rate") return multiples(schedule.periodMs, from, to);
  const [special] = schedule.special;
  if (special !== undefined) throw wrong(expression, `${special} is not supported here`);
  return cronFirings(schedule, from, to);
}

function parsed(expression: string): Schedule {
  try {
    return parseSchedule(expression.trim());
  } catch (error) {
    throw wrong(expression, (error as Error).message);
  }
}

function multiples(period: number, from: number, to: number): number[] {
  const times: number[] = [];
  for (let time = Math.ceil(from / period) * period; time < to; time += period) times.push(time);
  return times;
}

function cronFirings(cron: CronSchedule, from: number, to: number): number[] {
  const fires = (midnight: Date) =>
    cron.years.includes(midnight.getUTCFullYear()) &&
    cron.months.includes(midnight.getUTCMonth() + 1) &&
    cron.monthDays.includes(midnight.getUTCDate()) &&
    cron.weekDays.includes(midnight.getUTCDay() + 1);
  return multiples(day, Math.floor(from / day) * day, to)
    .filter((midnight) => fires(new Date(midnight)))
    .flatMap((midnight) =>
      cron.hours.flatMap((at) => cron.minutes.map((past) => midnight + at * hour + past * minute)),
    )
    .filter((time) => from <= time && time < to);
}

function wrong(expression: string, reason: string): UserError {
  return new UserError(`The schedule ${expression} cannot be read: ${reason}.`);
}
