import { realClock, SimulatedClock } from "../../cloud/clock";
import { manifestOf } from "../../cloud/lake/manifest";
import { settingsIn, writeFolder, type FolderState } from "../../cloud/localState";
import type { Store } from "../../handlers/shared/store";
import type { TableFormat } from "../../schemas/formats";
import type { Outcome } from "../stack/invoke";
import type { Io } from "./io";
import type { Progress } from "./progress";
import { evaluateProgram } from "./localProgram";
import { startCloud } from "./run";

interface TransformOptions {
  folder: FolderState;
  out: string;
  /** The format of a new generation; by default that of before. */
  format?: TableFormat;
  progress: Progress;
  io: Io;
}

/** Starts a folder's cloud, and gives `use` a function that sends its transform an event, and the bucket of raw. */
export async function withTransform<Result, T>(
  { folder, out, format, progress, io }: TransformOptions,
  use: (invoke: (event: object) => Promise<Outcome<Result>>, raw: Store) => Promise<T>,
): Promise<T> {
  progress.stage("Reading the Pulumi program");
  const settings = { ...settingsIn(folder), ...(format && { tableFormat: format }) };
  const program = await evaluateProgram(
    { settings, credentials: undefined, out },
    folder.now,
    folder.manifest,
  );
  const clock = folder.source === "simulated" ? new SimulatedClock(folder.now) : realClock;
  const cloud = await startCloud({ program, out, clock, environment: {}, debug: io.debug });
  try {
    writeFolder(out, { ...folder, manifest: manifestOf(program) });
    const invoke = async (event: object): Promise<Outcome<Result>> => {
      const result = await cloud.invoke("transform", event);
      return result.ok ? { results: result.payload as Result } : { error: result.error.errorMessage };
    };
    return await use(invoke, cloud.store("raw"));
  } finally {
    await cloud.stop();
  }
}
