/** Several measurements of the same thing, as their median and the range that they lie in. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** Returns the spread of at least one number. */
export function spreadOf(numbers: number[]): Spread {
  return { median: medianOf(numbers), min: Math.min(...numbers), max: Math.max(...numbers) };
}

/** Returns the median; 0 of no numbers. */
export function medianOf(numbers: number[]): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  if (sorted.length === 0) return 0;
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** Returns the smallest number that at least `share` (0 to 1) of the numbers do not exceed; 0 of no numbers. */
export function quantileOf(numbers: number[], share: number): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** Returns a spread as text: `4.31 (4.20–4.55)`, or only the median if there is one measurement. */
export function spreadText({ median, min, max }: Spread, places = 2): string {
  const [middle, least, most] = [median, min, max].map((number) => number.toFixed(places));
  return least === most ? middle! : `${middle} (${least}–${most})`;
}

/**
 * Measures each contender `runs` times, in turn, so that other load on the machine slows all of them. Returns the
 * measurements by the contender's name; those of one place in the lists belong to one round.
 */
export async function interleaved<T>(
  runs: number,
  contenders: Record<string, () => Promise<T>>,
): Promise<Record<string, T[]>> {
  const measured: Record<string, T[]> = Object.fromEntries(
    Object.keys(contenders).map((name): [string, T[]] => [name, []]),
  );
  for (let run = 0; run < runs; run += 1)
    for (const [name, measure] of Object.entries(contenders)) measured[name]!.push(await measure());
  return measured;
}
