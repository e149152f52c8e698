/** Returns a time in ISO 8601 UTC to the second, for people. */
export function utcSecond(time: string): string {
  return `${time.slice(0, 19).replace("T", " ")} UTC`;
}
