import type { Library } from "../../simulator/model";
import type { Mode } from "../../simulator/modes";
import type { Play } from "../../simulator/plays";
import { Answers } from "./answers";
import { dayMs } from "./extractWorld";
import { fillLake } from "./memoryLake";
import { hourMs, TruthWorld } from "./truthWorld";

/** A simulated listener's days as they were, and a lake that holds what the pipeline read of them. */
export interface LivedLake {
  answers: Answers;
  /** The library at the end of each day (UTC), when it was read; the last is how it is. */
  days: { readAt: number; library: Library }[];
  /** The plays that Spotify told of, oldest first. */
  plays: Play[];
}

/**
 * Simulates `count` days from 2026-03-02 on: the library changes, and is read, at the end of each. With extended quota
 * the details of artists are read too.
 */
export async function liveDays(
  count: number,
  timezone: string,
  mode: Mode = "development",
): Promise<LivedLake> {
  const calm = { faultRate: 0, quota: 0, callBudget: 10_000 };
  const sources = mode === "extended" ? ["me", "artist_details"] : ["me"];
  return TruthWorld.with({ seed: 7, mode, listeners: ["me"], sources, ...calm }, async (world) => {
    const days: LivedLake["days"] = [];
    const start = world.clock.ms;
    for (let day = 0; day < count; day += 1) {
      for (const hour of [8, 16]) {
        world.clock.ms = start + day * dayMs + hour * hourMs;
        await world.run(`plays-${day}-${hour}`, true);
      }
      world.clock.ms = start + day * dayMs + 23.5 * hourMs;
      world.changeAfter(0);
      await world.run(`day-${day}`);
      days.push({ readAt: world.clock.ms, library: world.library });
    }
    const answers = await Answers.open(timezone);
    await fillLake(answers.lake, world.bucket, answers.dir);
    return { answers, days, plays: [...world.returnedAt.keys()].sort((a, b) => a.playedAt - b.playedAt) };
  });
}
