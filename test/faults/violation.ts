/** A rule that does not hold, in one sentence. */
export class Violation extends Error {}

/** Throws a {@link Violation} unless the rule holds. */
export function demand(holds: boolean, otherwise: () => string): asserts holds {
  if (!holds) throw new Violation(otherwise());
}

/** Throws a {@link Violation} unless the lake has what the simulator has. */
export function demandEqual(found: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  demand(a === b, () => `${what}: the lake has ${clip(a)}, the truth is ${clip(b)}`);
}

function clip(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
