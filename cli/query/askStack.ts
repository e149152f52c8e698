import { UserError } from "../../cloud/errors";
import type { Answer } from "../../cloud/lake/cells";
import { namedQueries } from "../../infra/sql";
import type { Io } from "../lib/io";
import { askAthena, costSentence } from "./athena";
import { explain, explainEmpty } from "./explain";
import { statementFor } from "./named";
import { stackPlace } from "./stack-place";

/** Asks Athena in the workgroup of a stack: a named query, or a statement. */
export async function askStack(
  word: string,
  { param, stack, json }: { param: Record<string, string>; stack?: string; json?: boolean },
  io: Io,
): Promise<Answer> {
  if (stack === undefined) throw new UserError("--aws needs the stack to ask; add --stack NAME.");
  const progress = io.progress(json);
  try {
    progress.stage("Reading the stack");
    const options = ` --aws --stack ${stack}`;
    const { timezone, ...place } = await stackPlace(stack, io);
    const queries = namedQueries(timezone);
    const sql = statementFor(word, param, queries, options);
    const stage = (text: string) => progress.stage(text);
    const ask = async (statement: string) => {
      const asked = await askAthena(statement, place, { stage, signal: io.stopSignal() }).catch(
        explain(options),
      );
      progress.done();
      io.warn(costSentence(asked));
      return asked.answer;
    };
    const answer = await ask(sql);
    await explainEmpty(answer, word, param, queries, ask, io);
    return answer;
  } finally {
    progress.done();
  }
}
