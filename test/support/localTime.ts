/** A moment as a clock in some place shows it, worked out by Node and so apart from what SQL makes of it. */
export interface LocalTime {
  /** `yyyy-MM-dd`. */
  day: string;
  /** 1 is Monday. */
  weekday: number;
  hour: number;
  /** `yyyy-MM-dd HH:mm:ss`. */
  text: string;
}

/** What the clock shows at `ms` (since 1970 UTC). */
export function localTime(ms: number, timezone: string): LocalTime {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    hourCycle: "h23",
    ...{ year: "numeric", month: "2-digit", day: "2-digit" },
    ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
  }).formatToParts(ms);
  const of = (type: string) => parts.find((part) => part.type === type)!.value;
  const day = `${of("year")}-${of("month")}-${of("day")}`;
  return {
    day,
    weekday: new Date(`${day}T00:00:00Z`).getUTCDay() || 7,
    hour: Number(of("hour")),
    text: `${day} ${of("hour")}:${of("minute")}:${of("second")}`,
  };
}

/** Days from one `yyyy-MM-dd` to another. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}
