import type { Answer } from "../../cloud/lake/cells";
import { Lake } from "../../cloud/lake/lake";
import { outArgument } from "../../cloud/localCommand";
import { readLake } from "../../cloud/localState";
import type { Io } from "../lib/io";
import { explain, explainEmpty } from "./explain";
import { folderQueries, statementFor } from "./named";

/** Asks the lake of the folder `out`: a named query, or a statement. */
export async function askHere(
  word: string,
  { param, out, json }: { param: Record<string, string>; out: string; json?: boolean },
  io: Io,
): Promise<Answer> {
  const folder = readLake(out);
  const queries = folderQueries(folder);
  const place = outArgument(out);
  const sql = statementFor(word, param, queries, place);
  const lake = await Lake.open(folder.manifest, out);
  const progress = io.progress(json);
  // Most answers come at once.
  const late = setTimeout(() => progress.stage("Asking the lake"), 500);
  const ask = (statement: string) => lake.query(statement).catch(explain(place));
  try {
    const answer = await ask(sql);
    await explainEmpty(answer, word, param, queries, ask, io);
    return answer;
  } finally {
    clearTimeout(late);
    progress.done();
    lake.close();
  }
}
