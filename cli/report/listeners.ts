import type { PageAnswer } from "./reportData";

/** Returns the listeners of a lake by the answers to the page's questions, those with most rows first. */
export function listenersOf(answers: Record<string, PageAnswer>): string[] {
  const counts = new Map<string, number>();
  for (const { columns, rows } of Object.values(answers)) {
    if (columns[0] !== "listener_id") continue;
    for (const [listener] of rows) counts.set(String(listener), (counts.get(String(listener)) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one).map(([listener]) => listener);
}
