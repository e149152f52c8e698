import type { Lake } from "../../cloud/lake/lake";

/** Lets DuckDB work in one thread: on a few rows its second one costs more than it does. */
export async function oneThread(lake: Lake): Promise<void> {
  await lake.query("set threads = 1");
}
