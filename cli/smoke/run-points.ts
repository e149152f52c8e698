import type { ExtractEvent, RunSummary } from "../../handlers/extract/extract";
import { leaseHeld } from "../../handlers/state/session";
import { tables } from "../../schemas";
import { partitionKey } from "../../schemas/spec";
import { kindOf, type Answer } from "../../cloud/lake/cells";
import type { Asking } from "./athena-points";
import { fail, notChecked, pass, pointOf, type Point } from "./point";
import { waitingIn, type DeployedStack } from "../stack/deployedStack";
import { invoker } from "../stack/invoke";
import { growingWaits } from "./waits";

/** What checking the two functions found, and the Spotify calls that it took. */
interface RunFindings {
  points: Point[];
  calls: number;
}

/** Runs extract once, waits `seconds` for the run's rows in the lake, and compares them with what extract said. */
export async function runPoints(
  place: DeployedStack,
  seconds: number,
  ask: Asking,
  stage: (text: string) => void,
): Promise<RunFindings> {
  let summary: RunSummary | undefined;
  stage("Running extract");
  const extract = await pointOf("extract", async () => {
    summary = await extractOnce(place);
    return extractFinding(summary);
  });
  const runs = summary?.runs ?? [];
  const calls = runs.reduce((sum, run) => sum + run.calls, 0);
  if (runs.length === 0) {
    const why = notChecked("Extract made no run whose rows could arrive.");
    return { points: [extract, { point: "transform", ...why }, { point: "typed rows", ...why }], calls };
  }
  stage("Waiting for the run's rows");
  const arrival: { answer?: Answer } = {};
  const transform = await pointOf("transform", async () => {
    arrival.answer = await arrived(summary!, seconds, ask);
    if (arrival.answer) return pass(`The rows of run ${summary!.run_id} are in the lake.`);
    return fail(await lateSentence(summary!, seconds, place));
  });
  const typed = await pointOf("typed rows", () =>
    arrival.answer ? typedFinding(summary!, arrival.answer) : notChecked("The run's rows did not arrive."),
  );
  return { points: [extract, transform, typed], calls };
}

async function extractOnce({ functions, region }: DeployedStack): Promise<RunSummary> {
  const event: ExtractEvent & { source: string } = { source: "a person" };
  // A second request would only find the lease held.
  const outcome = await invoker<RunSummary>(functions.extract, region, 1)(event);
  if ("error" in outcome) throw new Error(`The run failed: ${outcome.error}`);
  return outcome.results;
}

function extractFinding({ holder, runs, status, run_id }: RunSummary) {
  if (holder) return notChecked(`${capital(leaseHeld(holder))}.`);
  const failed = runs.filter((run) => run.status === "failed");
  if (failed.length > 0)
    return fail(failed.map(({ listener, stop_message }) => `${listener}: ${stop_message}`).join(" "));
  const calls = runs.reduce((sum, run) => sum + run.calls, 0);
  const partial = runs.find((run) => run.status === "partial");
  const rest = partial ? `, and the next run goes on (${partial.stop_message ?? partial.stop_reason})` : "";
  return pass(`Run ${run_id} is ${status} after ${calls} Spotify calls${rest}.`);
}

/** Waits for one row of each listener; undefined if they do not come in time. */
async function arrived(
  { run_id, runs }: RunSummary,
  seconds: number,
  ask: Asking,
): Promise<Answer | undefined> {
  const months = [...new Set(runs.flatMap((run) => [run.started_at, run.ended_at]).map(monthOf))];
  const sql = `select * from extract_runs where ${partitionKey.name} in (${months.map(quoted).join(", ")}) and run_id = ${quoted(run_id)}`;
  const wait = growingWaits(20_000);
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask(sql);
    if (answer.rows.length >= runs.length) return answer;
    if (Date.now() > end) return undefined;
    await wait();
  }
}

/** Returns why rows may be missing, and what to do. */
async function lateSentence(
  { run_id }: RunSummary,
  seconds: number,
  { stack, sqs, ...place }: DeployedStack,
): Promise<string> {
  const late = `After ${seconds} s the rows of run ${run_id} are not in the lake;`;
  const count = await waitingIn(place.failureQueues.transform!, sqs);
  if (count > 0)
    return `${late} npx spotify-lake redrive --stack ${stack} --dry-run shows why: ${count} failed events wait.`;
  return `${late} look at the log of ${place.functions.transform}.`;
}

/** Compares the types of all columns, and times and counts with what extract said. */
function typedFinding({ runs }: RunSummary, { columns, kinds = [], rows }: Answer) {
  const spec = tables.find(({ name }) => name === "extract_runs")!;
  const expected = [...spec.columns, partitionKey].map(
    // Athena calls it so.
    ({ name, type }) => `${name} ${kindOf(type === "int" ? "integer" : type)}`,
  );
  const found = columns.map((name, at) => `${name} ${kinds[at]}`);
  const wrong = expected.filter((column) => !found.includes(column));
  if (wrong.length > 0)
    return fail(`Athena does not answer with the columns ${wrong.join(", ")}, but with ${found.join(", ")}.`);
  for (const run of runs) {
    const row = rows.find(({ listener_id }) => listener_id === run.listener);
    const time = Date.parse(`${String(row?.started_at).replace(" ", "T")}Z`);
    if (row?.calls !== run.calls || time !== Date.parse(run.started_at))
      return fail(
        `Extract said ${run.calls} calls from ${run.started_at} on for ${run.listener}, but Athena says ${JSON.stringify(row?.calls)} from ${JSON.stringify(row?.started_at)} on.`,
      );
  }
  return pass(
    `All ${expected.length} columns of extract_runs have their types, and the values that extract said.`,
  );
}

const monthOf = (time: string) => time.slice(0, 7);
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1);
