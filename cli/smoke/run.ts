import { setTimeout as wait } from "node:timers/promises";
import { askAthena, type AthenaAnswer } from "../query/athena";
import { dpuHoursOfCrawl, leastScannedBytes, prices } from "../cost/prices";
import { confirm } from "../lib/confirm";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import type { Look } from "../lib/paint";
import type { Progress } from "../lib/progress";
import { askedQueries, queryPoints, type Asking } from "./athena-points";
import { catalogPoints } from "./catalog-points";
import { deployedStack, type DeployedStack } from "../stack/deployedStack";
import type { Point } from "./point";
import { runPoints } from "./run-points";
import { crawlerPoints, crawlersLeftOut, watchPoints } from "./watch-points";

interface Flags {
  stack: string;
  crawlers: boolean;
  /** Seconds. */
  wait: number;
  yes: boolean;
  json: boolean;
}

/** What `--json` prints. */
interface SmokeJson {
  stack: string;
  /** Nothing failed. */
  passed: boolean;
  points: Point[];
  spotify_calls: number;
  /** By Athena. */
  scanned_bytes: number;
}

/** Runs `smoke`. */
export const runSmoke: RunCommand = async (command, io) => {
  const flags = command.opts<Flags>();
  const { stack, yes, json } = flags;
  const progress = io.progress(json);
  progress.stage("Reading the stack");
  try {
    const place = await deployedStack(stack, io);
    const warning = spendSentence(place, flags);
    progress.done();
    if (yes) io.warn(warning);
    else await confirm({ warning, action: "begin", word: stack }, io);
    io.sayAtStop(() => "Stopped; what was started in AWS goes on by itself.");
    const found = await smoke(place, flags, progress);
    progress.done();
    if (json) io.print(JSON.stringify(found));
    else print(found, io);
    return found.passed ? 0 : 1;
  } finally {
    progress.done();
  }
};

/** Returns what the check takes of Spotify's calls and of money, in a sentence. */
function spendSentence({ stack, callBudget }: DeployedStack, { crawlers }: Flags): string {
  const queries = askedQueries.length + 1;
  const scanned = ((queries * leastScannedBytes) / 1e12) * prices.scanned.usd;
  const crawled = (2 * dpuHoursOfCrawl * prices.crawls.usd).toFixed(2);
  return `This runs extract of stack ${stack} once, with what is left of today's ${callBudget} Spotify calls, asks Athena ${queries} questions or some more (about $${scanned.toFixed(4)})${crawlers ? `, and runs both crawlers (about $${crawled})` : ""}.`;
}

/** Checks all points, one after the other: each needs what those before it bring. */
async function smoke(
  place: DeployedStack,
  { stack, crawlers, wait: seconds }: Flags,
  progress: Progress,
): Promise<SmokeJson> {
  let scanned_bytes = 0;
  const all = crawlers ? 5 : 4;
  const stage = (step: number) => (text: string) => progress.stage(`Step ${step} of ${all}: ${text}`);
  const ask: Asking = async (sql) => {
    const { answer, scannedBytes } = await askAgain(sql, place);
    scanned_bytes += scannedBytes;
    return answer;
  };
  const run = await runPoints(place, seconds, ask, stage(1));
  stage(2)("Looking at the catalog");
  const catalog = await catalogPoints(place, seconds);
  stage(3)("Asking Athena");
  const queries = await queryPoints(place, ask);
  const crawled = crawlers ? await crawlerPoints(place, stage(4)) : crawlersLeftOut(place);
  stage(all)("Looking at alarms");
  const points = [...run.points, ...catalog, ...queries, ...crawled, ...(await watchPoints(place))];
  const passed = points.every(({ result }) => result !== "fail");
  return { stack, passed, points, spotify_calls: run.calls, scanned_bytes };
}

/** Asks up to three times: a query fails whose files are replaced while it reads them, as transform may do after a run. */
async function askAgain(sql: string, { athena }: DeployedStack): Promise<AthenaAnswer> {
  const quiet = { stage: () => undefined, signal: new AbortController().signal };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await askAthena(sql, athena, quiet);
    } catch (error) {
      if (attempt === 3 || !(error as Error).message.startsWith("The query failed")) throw error;
      await wait(attempt * 1000);
    }
  }
}

const looks: Record<Point["result"], Look> = { pass: "good", fail: "bad", "not checked": "warning" };

function print({ points, spotify_calls, scanned_bytes }: SmokeJson, io: Io): void {
  for (const { point, result, says } of points)
    io.print(`${io.paint(looks[result], result.padEnd(11))}  ${point}: ${says}`);
  const count = (result: Point["result"]) => points.filter((one) => one.result === result).length;
  io.print(
    `${count("pass")} passed, ${count("fail")} failed, ${count("not checked")} not checked; ${spotify_calls} Spotify calls, ${(scanned_bytes / 1e6).toFixed(3)} MB scanned by Athena.`,
  );
}
