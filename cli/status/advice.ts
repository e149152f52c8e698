import { warnedDays } from "../../handlers/extract/tokenLife";
import { counted } from "../lib/counted";
import { utcSecond } from "../lib/utcSecond";
import type { Status } from "./status";

/** How commands name a lake. */
export interface Commands {
  stack?: string | undefined;
  /** The option of `spotify-lake`, such as ` --stack dev`; empty for the usual folder. */
  option: string;
}

/** Returns what to do about a lake, the most urgent first. */
export function adviceFor(found: Omit<Status, "advice">, commands: Commands): string[] {
  const ends = (from: number, to: number) =>
    found.sign_ins.filter(({ days_left: left }) => left !== null && left >= from && left < to);
  return [
    ...ends(-Infinity, 1).map(
      ({ listener }) => `The sign-in of ${listener} has ended: ${login(listener, commands)}.`,
    ),
    ...found.last_runs.filter(({ status }) => status === "failed").map((run) => failedRun(run, commands)),
    ...Object.entries(found.failures).flatMap(([name, count]) => waitingEvents(name, count, commands)),
    ...ends(1, warnedDays).map(
      ({ listener, days_left: left }) =>
        `The sign-in of ${listener} ends in ${counted(left!, "day")}: ${login(listener, commands)}.`,
    ),
    ...(found.last_runs.length === 0 ? [`Nothing was read yet: ${firstRun(commands)}.`] : []),
    ...(found.not_before === null
      ? []
      : [`Spotify wants no call before ${utcSecond(found.not_before)}; runs wait for that by themselves.`]),
    ...(found.gaps === 0
      ? []
      : [
          `${counted(found.gaps, "gap")} in the plays: npx spotify-lake import EXPORT${commands.option} adds what an export of the account's data has of ${found.gaps === 1 ? "it" : "them"}.`,
        ]),
  ];
}

function failedRun(
  { listener, stop_reason: reason }: Status["last_runs"][number],
  { stack, option }: Commands,
) {
  const aws = stack === undefined ? "" : " --aws";
  const why = reason === null ? "" : ` (${reason})`;
  return `The last run for ${listener} failed${why}: npx spotify-lake query runs${aws}${option} shows the runs.`;
}

function waitingEvents(name: string, count: number, { option }: Commands): string[] {
  if (count === 0) return [];
  const wait = count === 1 ? "waits" : "wait";
  return [
    `${counted(count, "failed event")} of ${name} ${wait}: npx spotify-lake redrive --dry-run${option} shows why.`,
  ];
}

function login(listener: string, { stack, option }: Commands): string {
  return `npx spotify-lake login${stack === undefined ? "" : `${option} --listener ${listener}`}`;
}

function firstRun({ stack, option }: Commands): string {
  return stack === undefined ? `npm start${option && ` --${option}`}` : `npx spotify-lake extract${option}`;
}
