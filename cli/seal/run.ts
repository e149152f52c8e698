import { dueSeal, sealAfterDays } from "../../handlers/transform/sealedMonths";
import type { SealResult } from "../../handlers/transform/seal";
import { UserError } from "../../cloud/errors";
import { holdFolder, readLake } from "../../cloud/localState";
import type { RunCommand } from "../lib/command";
import { counted } from "../lib/counted";
import type { Io } from "../lib/io";
import { withTransform } from "../lib/localTransform";
import type { Progress } from "../lib/progress";
import { notDeployed, stackOutputs, stackRegion } from "../stack/stack";
import { stackTransform, type Outcome } from "../stack/invoke";

interface Flags {
  stack?: string;
  out: string;
  json: boolean;
}

type Invoke = (event: object) => Promise<Outcome<SealResult>>;

/** Seals until nothing is left. Throws a `UserError` if transform fails, or gets no further. */
export async function sealAll(invoke: Invoke, progress: Pick<Progress, "stage">): Promise<SealResult> {
  const all: SealResult = { sealed: [], removed: [], left: [], written: 0 };
  for (;;) {
    const [done, months] = [all.sealed.length, all.left.length];
    if (months === 0) progress.stage("Sealing");
    else progress.stage(`Sealing; ${counted(months, "month")} left`, { done, all: done + months });
    const outcome = await invoke(dueSeal);
    if ("error" in outcome) throw new UserError(`A month could not be sealed: ${outcome.error}`);
    const { sealed, removed, left, written } = outcome.results;
    all.sealed.push(...sealed);
    all.removed.push(...removed);
    all.written += written;
    all.left = left;
    if (left.length === 0) return all;
    if (written === 0 && sealed.length === 0)
      throw new UserError(
        `To seal through ${left[0]} takes longer than transform may run; nothing is lost by that.`,
      );
  }
}

async function sealHere(out: string, progress: Progress, io: Io): Promise<SealResult> {
  const folder = readLake(out);
  const run = (invoke: Invoke) => sealAll(invoke, progress);
  return holdFolder(out, () => withTransform({ folder, out, progress, io }, run));
}

async function sealIn(stack: string, progress: Progress, io: Io): Promise<SealResult> {
  const { functionNames } = await stackOutputs(stack, io);
  if (!functionNames?.transform) throw notDeployed(stack, "function");
  return sealAll(stackTransform(functionNames.transform, await stackRegion(stack, io)), progress);
}

function print({ sealed, removed, written }: SealResult, io: Io): void {
  if (sealed.length > 0) io.print(`Sealed months through ${sealed.join(", ")} in ${written} files.`);
  if (removed.length > 0) io.print(`Removed the old files of ${removed.join(", ")}.`);
  if (sealed.length + removed.length === 0)
    io.print(
      `Nothing to seal: a part of a month is sealed ${sealAfterDays} days after its end, and another a day later.`,
    );
}

/** Runs `seal`. */
export const runSeal: RunCommand = async (command, io) => {
  const { stack, out, json } = command.opts<Flags>();
  const progress = io.progress(json);
  const result = await (
    stack === undefined ? sealHere(out, progress, io) : sealIn(stack, progress, io)
  ).finally(() => progress.done());
  if (json) io.print(JSON.stringify(result));
  else print(result, io);
  return 0;
};
