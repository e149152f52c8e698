import { namedQueries } from "../../infra/sql";
import { tables } from "../../schemas";
import type { Io } from "../lib/io";
import type { Progress } from "../lib/progress";
import { askAthena, costSentence } from "../query/athena";
import { statementFor } from "../query/named";
import { deployedStack, waitingIn, type DeployedStack } from "../stack/deployedStack";
import { registeredPartitions } from "../stack/partitions";
import { stackConfig } from "../stack/stack";
import { rulesOf } from "./here";
import type { StatusPlace } from "./status";

/** Returns a deployed stack. Throws a `UserError` if a part of it is not deployed yet. */
export async function statusPlaceOf(stack: string, progress: Progress, io: Io): Promise<StatusPlace> {
  const deployed = await deployedStack(stack, io);
  const { callBudget, raw, lake, athena } = deployed;
  const config = await stackConfig(stack, io);
  const queries = namedQueries(athena.timezone);
  const ask: StatusPlace["ask"] = async (query) => {
    const stage = (text: string) => progress.stage(text);
    const sql = statementFor(query, {}, queries);
    const asked = await askAthena(sql, athena, { stage, signal: io.stopSignal() });
    progress.done();
    io.warn(`${query}: ${costSentence(asked)}`);
    return asked.answer;
  };
  return {
    ...{ now: Date.now(), callBudget, raw, lake, ask },
    rules: rulesOf(Object.fromEntries([...config].map(([key, { value }]) => [key, value]))),
    failures: () => countFailures(deployed),
    countPartitions: () => countPartitions(deployed),
  };
}

async function countFailures({ failureQueues, sqs }: DeployedStack): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [name, url] of Object.entries(failureQueues)) counts[name] = await waitingIn(url, sqs);
  return counts;
}

async function countPartitions({ glue, athena }: DeployedStack): Promise<number> {
  let count = 0;
  for (const { name } of tables) count += (await registeredPartitions(glue, athena.database, name)).size;
  return count;
}
