/** Returns a number and what is counted, which gets an s unless it is one. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
