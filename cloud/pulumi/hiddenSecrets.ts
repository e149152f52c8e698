/** Takes secrets out of an evaluated program, so that it can be stored, and puts them back. */
import { createHash } from "node:crypto";
import type { EvaluatedProgram } from "./evaluate";

/** Texts by the setting that they are the value of. */
type Secrets = Record<string, string>;

/** A shorter secret could be found in texts that have nothing to do with it. */
const shortest = 8;

/** How often a secret's text may be escaped as JSON within JSON. */
const escapings = [0, 1, 2];

/**
 * Returns what must be the same of the secrets for a stored program to serve: whether there is one, and its form. A text
 * that JSON would escape could not be put back at the right depth, so it counts as a whole.
 */
export function secretKinds(secrets: Secrets): Record<string, string> {
  const kind = (text: string) => {
    if (text === "") return "none";
    if (text.startsWith("{")) return "JSON";
    return escaped(text, 1) === text ? "text" : createHash("sha256").update(text).digest("hex");
  };
  return Object.fromEntries(Object.entries(secrets).map(([key, text]) => [key, kind(text)]));
}

/**
 * Returns the program with a mark in the place of each secret, or undefined if something secret could be left in it: a
 * secret that is too short to be found, or a secret input that is made of one in an unknown way.
 */
export function hideSecrets(program: EvaluatedProgram, secrets: Secrets): EvaluatedProgram | undefined {
  const given = Object.entries(secrets).filter(([, text]) => text !== "");
  if (given.some(([, text]) => text.length < shortest)) return undefined;
  // What contains another one goes first.
  given.sort(([, left], [, right]) => right.length - left.length);
  const hide = (text: string) => {
    let hidden = text;
    for (const [key, secret] of given)
      for (const times of escapings) hidden = hidden.replaceAll(escaped(secret, times), mark(key, times));
    return hidden;
  };
  const hidden = mapTexts(program, hide);
  return isClean(hidden, given) ? hidden : undefined;
}

/** True if no part of a secret is left, and each secret input is one that has marks or is empty. */
function isClean(hidden: EvaluatedProgram, given: [string, string][]): boolean {
  const text = JSON.stringify(hidden);
  const parts = given.flatMap(([, secret]) => partsOf(secret));
  if (parts.some((part) => text.includes(part))) return false;
  return hidden.resources.every(({ inputs, secretInputs }) =>
    secretInputs.every((name) => {
      const value = JSON.stringify(inputs[name]) ?? "";
      return value.includes("[[secret ") || given.length === 0 || holdsNoSecret(value);
    }),
  );
}

/** The texts in a secret that is JSON. */
function partsOf(secret: string): string[] {
  if (!secret.startsWith("{")) return [];
  try {
    const values = Object.values(JSON.parse(secret) as object) as unknown[];
    return values.filter((value): value is string => typeof value === "string" && value.length >= shortest);
  } catch {
    return [];
  }
}

/** Returns the program with `secrets` in the places of their marks. */
export function restoreSecrets(program: EvaluatedProgram, secrets: Secrets): EvaluatedProgram {
  return mapTexts(program, (text) =>
    text.replace(/\[\[secret ([\w-]+) (\d)\]\]/g, (found, key: string, times: string) =>
      key in secrets ? escaped(secrets[key]!, Number(times)) : found,
    ),
  );
}

/** A sign-in that is not there yet: an empty token. */
function holdsNoSecret(json: string): boolean {
  return /^"(\{\\"refreshToken\\":\\"\\"\})?"$/.test(json);
}

function mark(key: string, times: number): string {
  return `[[secret ${key} ${times}]]`;
}

function escaped(text: string, times: number): string {
  return times === 0 ? text : escaped(JSON.stringify(text).slice(1, -1), times - 1);
}

function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => mapTexts(one, change)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, mapTexts(one as unknown, change)]),
  ) as T;
}
