/** Numbers and days in the reader's locale. Days and times come as text in the stack's time zone, and are shown as such. */

const dayMs = 86_400_000;
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });
// Ticks of small numbers are closer than tenths.
const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 2 });

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(undefined, { timeZone: "UTC", ...options });
}

const days = dateFormat({ day: "numeric", month: "short", year: "numeric" });
const shortDays = dateFormat({ day: "numeric", month: "short" });
const months = dateFormat({ month: "short", year: "numeric" });
const minutes = dateFormat({
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
const ago = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const weekdays = dateFormat({ weekday: "short" });
const longWeekdays = dateFormat({ weekday: "long" });

/** Returns a number without or with one decimal. */
export const number = (value: number): string => (Math.abs(value) < 10 ? tenths : whole).format(value);

/** Returns a large number in short, such as `1.2K`. */
export const short = (value: number): string => compact.format(value);

/** Returns a share, such as 0.25, as a percentage. */
export const share = (value: number): string => percent.format(value);

/** Returns the instant that stands for a day or time of the lake, as if its time zone were UTC. */
export function instant(text: string): Date {
  return new Date(text.length > 10 ? `${text.replace(" ", "T")}Z` : `${text}T00:00:00Z`);
}

/** Returns the day that is so many days after another, `yyyy-MM-dd`. */
export function addDays(day: string, count: number): string {
  return new Date(instant(day).getTime() + count * dayMs).toISOString().slice(0, 10);
}

/** Returns a day with its year. */
export const day = (value: string | Date): string => days.format(asDate(value));

/** Returns a day without its year. */
export const shortDay = (value: string | Date): string => shortDays.format(asDate(value));

/** Returns a month with its year. */
export const month = (value: string | Date): string => months.format(asDate(value));

/** Returns a day and time, to the minute. */
export const time = (value: string): string => minutes.format(instant(value));

/** Returns the time between two times, to the minute. */
export const times = (from: string, to: string): string => minutes.formatRange(instant(from), instant(to));

/** Returns how many days ago something was, such as `today`. */
export const daysAgo = (days: number): string => ago.format(-days, "day");

/** Returns the name of a weekday, 1 being Monday. */
export function weekday(place: number, length: "short" | "long" = "short"): string {
  return (length === "long" ? longWeekdays : weekdays).format(new Date(Date.UTC(2024, 0, place)));
}

/** Returns an hour of the day, as the reader's clock shows it. */
export function hour(value: number): string {
  return dateFormat({ hour: "numeric" }).format(new Date(Date.UTC(2024, 0, 1, value)));
}

/** Returns an hour of the day as a time. */
export function hourTime(value: number): string {
  return dateFormat({ hour: "numeric", minute: "2-digit" }).format(new Date(Date.UTC(2024, 0, 1, value)));
}

/** Returns minutes, or hours where there are many. */
export function duration(minutes: number): string {
  return minutes < 120 ? counted(minutes, "minute") : `${number(minutes / 60)} hours`;
}

/** Returns bytes in the unit that fits. */
export function bytes(value: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = value < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3));
  return `${number(value / 1000 ** power)} ${units[power]}`;
}

/** Returns a number and what is counted; `things` are several of them. */
export function counted(value: number, thing: string, things = `${thing}s`): string {
  return `${number(value)} ${value === 1 ? thing : things}`;
}

function asDate(value: string | Date): Date {
  return typeof value === "string" ? instant(value) : value;
}
