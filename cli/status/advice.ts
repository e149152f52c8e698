/** What a person should do about a lake, or know of it: `status` prints it, and the report has it above its charts. */
import { warnedDays } from "../../handlers/extract/tokenLife";
import { counted } from "../lib/counted";
import { utcSecond } from "../lib/utcSecond";
import type { ListenerFacts } from "./facts";

/** A sentence about a lake. */
export interface Advice {
  /** `act` needs a person, `know` does not. */
  kind: "act" | "know";
  text: string;
  /** Whom it is about; undefined for all. */
  listener?: string;
}

/** How commands name a lake. */
export interface Commands {
  stack?: string | undefined;
  /** The option of `spotify-lake`, such as ` --stack dev`; empty for the usual folder. */
  option: string;
}

/** What is known of a lake. */
export interface Facts {
  listeners: ListenerFacts[];
  /** Failed events that wait, by function. */
  failures?: Record<string, number>;
  /** Spotify wants no call before this. */
  notBefore?: string | null;
}

/** Says something of a listener, if there is something to say. */
type Look = (facts: ListenerFacts, commands: Commands) => string | undefined;

/** Returns what to do about a lake, and what to know, the most urgent first. */
export function adviceFor(
  { listeners, failures = {}, notBefore = null }: Facts,
  commands: Commands,
): Advice[] {
  if (listeners.length === 0) return [{ kind: "act", text: `Nothing was read yet: ${howToRead(commands)}.` }];
  const of = (kind: Advice["kind"], ...looks: Look[]) =>
    looks.flatMap((look) =>
      listeners.flatMap((facts): Advice[] => {
        const text = look(facts, commands);
        return text === undefined ? [] : [{ kind, text, listener: facts.listener }];
      }),
    );
  return [
    ...of("act", signInEnded, failedRun),
    ...Object.entries(failures).flatMap(([name, count]) => waitingEvents(name, count, commands)),
    ...of("act", signInEnds, silence, incompleteReads, blockedRows),
    ...of("know", nothingRead, partialRun),
    ...(notBefore === null ? [] : [waitOf(notBefore)]),
    ...of("know", openGaps),
  ];
}

/** Returns how the account is read, as a part of a sentence. */
export function howToRead({ stack, option }: Commands): string {
  if (stack !== undefined) return `npx spotify-lake extract${option} reads it now`;
  return `npx spotify-lake login signs you in, npm start${option && ` --${option}`} reads your account`;
}

/** Returns that a sign-in has ended or ends soon, and what to do; undefined if neither is so. `daysLeft` is null if it has no end. */
export function signInSentence(
  { listener, daysLeft }: Pick<ListenerFacts, "listener" | "daysLeft">,
  commands: Commands,
): string | undefined {
  if (daysLeft === null || daysLeft >= warnedDays) return undefined;
  const when = hasEnded(daysLeft) ? "has ended" : `ends in ${counted(daysLeft, "day")}`;
  return `The sign-in of ${listener} ${when}: ${login(listener, commands)} renews it.`;
}

function hasEnded(daysLeft: number | null): boolean {
  return daysLeft !== null && daysLeft < 1;
}

const signInEnded: Look = (facts, commands) =>
  hasEnded(facts.daysLeft) ? signInSentence(facts, commands) : undefined;

const signInEnds: Look = (facts, commands) =>
  hasEnded(facts.daysLeft) ? undefined : signInSentence(facts, commands);

const failedRun: Look = ({ listener, lastRun }, commands) => {
  if (lastRun?.status !== "failed") return undefined;
  const { stop_reason: reason } = lastRun;
  const aws = commands.stack === undefined ? "" : " --aws";
  const what =
    reason !== null && needsSignIn.includes(reason)
      ? `${login(listener, commands)} signs in again`
      : `npx spotify-lake query runs${aws}${commands.option} shows the runs, docs/faults.md what to do`;
  return `The last run for ${listener} failed${reason === null ? "" : ` (${reason})`}: ${what}.`;
};

/** Why a run fails until somebody signs in: https://datatracker.ietf.org/doc/html/rfc6749#section-5.2 */
const needsSignIn = ["invalid_grant", "other_account"];

const silence: Look = ({ listener, readDaysAgo }, commands) =>
  readDaysAgo !== null && readDaysAgo > 1
    ? `Nothing of ${listener} was read for ${counted(readDaysAgo, "day")}: ${howToRead(commands)}.`
    : undefined;

const incompleteReads: Look = ({ listener, incomplete }, { option }) =>
  incomplete.length > 0
    ? `Reads of ${incomplete.join(", ")} of ${listener} lack rows, so they do not count: npx spotify-lake verify${option} shows what is missing, replay builds it again.`
    : undefined;

const blockedRows: Look = ({ listener, blocked }) =>
  blocked.length > 0
    ? `A quality rule kept data of ${listener} out of ${blocked.join(", ")} in the last 30 days: docs/quality.md says what to do.`
    : undefined;

const nothingRead: Look = ({ listener, lastRun, readDaysAgo }, commands) =>
  lastRun === undefined && readDaysAgo === null
    ? `Only imported history of ${listener} is here; playlists and saved tracks are missing: ${howToRead(commands)}.`
    : undefined;

const partialRun: Look = ({ listener, lastRun }) =>
  lastRun?.status === "partial"
    ? `The last run for ${listener} stopped early${lastRun.stop_reason === null ? "" : ` (${lastRun.stop_reason})`}; the next one continues there.`
    : undefined;

const openGaps: Look = ({ listener, gaps }, { option }) =>
  gaps === 0
    ? undefined
    : `${counted(gaps, "gap")} in the plays of ${listener}: npx spotify-lake import EXPORT${option} adds what an export of the account's data has of ${gaps === 1 ? "it" : "them"}.`;

function waitOf(notBefore: string): Advice {
  return {
    kind: "know",
    text: `Spotify wants no call before ${utcSecond(notBefore)}; runs wait for that by themselves.`,
  };
}

function waitingEvents(name: string, count: number, { option }: Commands): Advice[] {
  if (count === 0) return [];
  const events = `${counted(count, "failed event")} of ${name} ${count === 1 ? "waits" : "wait"}`;
  return [{ kind: "act", text: `${events}: npx spotify-lake redrive --dry-run${option} shows why.` }];
}

function login(listener: string, { stack, option }: Commands): string {
  return `npx spotify-lake login${stack === undefined ? "" : `${option} --listener ${listener}`}`;
}
