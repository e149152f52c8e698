/** When the age of the data is measured: 12.75 hours after the runs at 04:15, so that one missed day is seen that day. */
export const healthSchedule = "cron(0 17 * * ? *)";

const unitHours: Record<string, number> = { minute: 1 / 60, hour: 1, day: 24 };

/**
 * The hours after which data is too old for a schedule (an EventBridge expression): the time between two runs, and half
 * a day or a seventh of it more, whichever is longer. 36 for a daily schedule, 192 (8 days) for a weekly one. A `cron`
 * expression that names days of the month counts as monthly, one that names days of the week as weekly, all others as
 * daily.
 */
export function usualAgeHours(schedule: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  const [, , dayOfMonth, , dayOfWeek] = schedule.replace("cron(", "").split(/\s+/);
  const isOpen = (field: string | undefined) => field === "*" || field === "?";
  const cronHours = 24 * (!isOpen(dayOfMonth) ? 31 : !isOpen(dayOfWeek) ? 7 : 1);
  const between = unit ? Number(count) * unitHours[unit]! : cronHours;
  return Math.round(between + Math.max(12, between / 7));
}
