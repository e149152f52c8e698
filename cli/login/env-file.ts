import * as fs from "node:fs";
import { parseEnv } from "node:util";
import { UserError } from "../../cloud/errors";

/** The file of this machine's own sign-in, in the project's folder; never committed. */
export const envFile = ".env.local";

/** Returns the variables that the file sets; none if there is no such file. Throws a `UserError` if it cannot be read. */
export function readEnvFile(file: string): Record<string, string> {
  return parseEnv(textOf(file)) as Record<string, string>;
}

/**
 * Adds the file's variables to the environment. Variables that are already set, even to an empty text, stay. The date of a
 * sign-in belongs to its token: the file's date is left out if the token is not the file's.
 */
export function loadEnvFile(file = envFile, env = process.env): void {
  const ownToken = env.SPOTIFY_REFRESH_TOKEN !== undefined;
  for (const [name, value] of Object.entries(readEnvFile(file)))
    if (!(ownToken && name === "SPOTIFY_AUTHORIZED_AT")) env[name] ??= value;
}

/**
 * Sets variables in the file and keeps every other line. The file is replaced in one step and its owner alone can
 * read it. Throws a `UserError` if that fails.
 */
export function writeEnvFile(file: string, values: Record<string, string>): void {
  const lines = Object.entries(values).map(([name, value]) => [name, lineOf(name, value)] as const);
  const text = withLines(textOf(file), new Map(lines));
  const target = fs.existsSync(file) ? fs.realpathSync(file) : file;
  const draft = `${target}.new`;
  try {
    fs.rmSync(draft, { force: true, recursive: true });
    fs.writeFileSync(draft, text, { mode: 0o600, flag: "wx" });
    fs.renameSync(draft, target);
  } catch (error) {
    fs.rmSync(draft, { force: true, recursive: true });
    throw new UserError(`${file} cannot be written: ${(error as Error).message}.`);
  }
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new UserError(`${file} cannot be read: ${(error as Error).message}.`);
  }
}

/** Puts each new line where its variable was first set, or at the end; further lines of that variable go. */
function withLines(text: string, lines: Map<string, string>): string {
  const pending = new Map(lines);
  const kept = text.split("\n").flatMap((line) => {
    const [, name = ""] = /^\s*(?:export\s+)?([\w.-]+)\s*=/.exec(line) ?? [];
    if (!lines.has(name)) return [line];
    const replacement = pending.get(name);
    pending.delete(name);
    return replacement === undefined ? [] : [replacement];
  });
  if (kept.at(-1) === "") kept.pop();
  return [...kept, ...pending.values(), ""].join("\n");
}

/** `NAME=value`, in quotes where the value needs them. Double quotes come last: within them `\n` is a line break. */
function lineOf(name: string, value: string): string {
  if (/^[\w.:/+@-]+$/.test(value)) return `${name}=${value}`;
  const quote = ["'", "`", '"'].find((mark) => !value.includes(mark));
  if (quote === undefined || /[\r\n]/.test(value) || (quote === '"' && value.includes("\\n")))
    throw new UserError(`${name} holds a line break or every kind of quote, which ${envFile} cannot hold.`);
  return `${name}=${quote}${value}${quote}`;
}
