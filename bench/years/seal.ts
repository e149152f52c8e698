import type { BenchLake } from "../lake/benchLake";

/** Seals all months of a lake that are old enough; undefined as long as months cannot be sealed. */
export const seal: ((lake: BenchLake) => Promise<void>) | undefined = undefined;
