import * as fs from "node:fs";
import * as path from "node:path";
import { evaluateProgram } from "../../cli/lib/localProgram";
import { replay, sourcesIn } from "../../cli/replay/replay";
import { Cloud } from "../../cloud/cloud";
import { SimulatedClock } from "../../cloud/clock";
import { manifestOf } from "../../cloud/lake/manifest";
import { glueResources, readFolder, settingsIn, writeFolder } from "../../cloud/localState";
import type { TableFormat } from "../../schemas/formats";

/** Fills the empty folder `to` with a lake of another format, made by transform from the raw objects of `from`. */
export async function rebuildLake(from: string, to: string, tableFormat: TableFormat): Promise<void> {
  const state = readFolder(from)!;
  const raw = path.join("s3", state.manifest.rawBucket);
  fs.cpSync(path.join(from, raw), path.join(to, raw), { recursive: true });
  const settings = { ...settingsIn(state), tableFormat };
  const program = await evaluateProgram({ settings, credentials: undefined, out: to }, state.now);
  const clock = new SimulatedClock(state.now);
  const cloud = await Cloud.start({ program, dir: to, clock, environment: {}, log: () => undefined });
  try {
    const { failed } = await replay(await sourcesIn(cloud.store("raw"), {}), {
      invoke: async (event) => {
        const result = await cloud.invoke("transform", event);
        return result.ok ? { results: [] } : { error: result.error.errorMessage };
      },
      atOnce: 2,
      signal: new AbortController().signal,
      progress: () => undefined,
    });
    if (failed.length > 0) throw new Error(failed[0]!.error);
  } finally {
    await cloud.stop();
  }
  const glue = glueResources(program.resources);
  writeFolder(to, { ...state, settings, manifest: manifestOf(program), glue });
}
