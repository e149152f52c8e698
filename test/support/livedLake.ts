import { dayMs, hourMs } from "../../simulator/times";
import type { Library } from "../../simulator/model";
import type { Mode } from "../../simulator/modes";
import type { Play } from "../../simulator/plays";
import { FaultSimulation } from "../faults/faultSimulation";
import { Answers } from "./answers";
import { fillLake } from "../../cloud/memory/memoryLake";

/** A simulated listener's days, and a lake that holds what the pipeline read of them. */
export interface LivedLake {
  answers: Answers;
  /** The library at the end of each day (UTC), when it was read; the last is how it is. */
  days: { readAt: number; library: Library }[];
  /** The plays that Spotify reported, oldest first. */
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
  const start = Date.parse("2026-03-02T00:00:00Z");
  const sources = mode === "extended" ? ["me", "artist_details"] : ["me", "podcasts"];
  const simulation = new FaultSimulation(
    7,
    {},
    {
      ...{ sources, listeners: ["me"], mode, library: "7", start, callMs: 0 },
      size: { playlists: 10, tracks: 200, saved: 67, albums: 5, followed: 60 },
    },
  );
  simulation.stopFaults();
  simulation.onRawObject = () => undefined;
  try {
    const days: LivedLake["days"] = [];
    for (let day = 0; day < count; day += 1) {
      for (const hour of [8, 16]) {
        simulation.clock.ms = start + day * dayMs + hour * hourMs;
        simulation.fire("plays");
        await simulation.run();
      }
      simulation.clock.ms = start + day * dayMs + 23.5 * hourMs;
      simulation.changing.changeAfter(1);
      simulation.fire("main");
      await simulation.run();
      days.push({ readAt: simulation.clock.ms, library: simulation.changing.library });
    }
    const answers = await Answers.open(timezone);
    await fillLake(answers.lake, simulation.raw, answers.dir);
    const plays = [...simulation.returnedAt.keys()].sort((a, b) => a.playedAt - b.playedAt);
    return { answers, days, plays };
  } finally {
    simulation.cloud.close();
  }
}
