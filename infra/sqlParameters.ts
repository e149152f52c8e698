import { didYouMean } from "./suggest";

/** What a question leaves open, as a head line `-- parameter: name type default meaning` declares it. */
export interface SqlParameter {
  name: string;
  type: ParameterType;
  /** As it is typed: `28`, `2026-03-01`, `current_date`, `none`, or a text without quotes. */
  fallback: string;
  meaning: string;
  /** The only texts that are allowed; the type word `plays|minutes` declares them. */
  choices?: string[];
  /** The smallest and the greatest whole number; the type word `int(1..50)` declares them. */
  min?: number;
  max?: number;
}

/** `date` is `yyyy-mm-dd`, `current_date`, or `none` where the default is `none`. */
type ParameterType = "date" | "int" | "string" | "timezone";

/** Returns the parameter that the text of a head line declares. */
export function parseParameter(text: string): SqlParameter {
  const [name = "", word = "", fallback = "", ...rest] = text.split(" ");
  const declared = { name, fallback, meaning: rest.join(" ") };
  const range = /^int\((\d+)\.\.(\d+)\)$/.exec(word);
  if (range) return { ...declared, type: "int", min: Number(range[1]), max: Number(range[2]) };
  if (word.includes("|")) return { ...declared, type: "string", choices: word.split("|") };
  if (word === "date" || word === "int" || word === "string") return { ...declared, type: word };
  throw new Error(`Parameter ${name} has the type ${word}; types are date, int, int(1..9), string and a|b.`);
}

/** Returns the value as SQL; throws an Error, one sentence, for a value that is not allowed. */
export function parameterLiteral(parameter: SqlParameter, text: string): string {
  const { name, type, fallback, choices = [] } = parameter;
  const end = didYouMean(text, choices);
  if (!isAllowed(parameter, text))
    throw new Error(`Parameter ${name} is "${text}"; it must be ${allowedValues(parameter)}${end}`);
  if (type === "string" || type === "timezone") return textLiteral(text);
  if (type === "int" || text === "current_date") return text;
  return text === "none" && fallback === "none" ? "cast(null as date)" : `date '${text}'`;
}

/** Returns what a parameter may be, for people: `a whole number from 1 to 50`. */
export function allowedValues({ type, choices, min, max, fallback }: SqlParameter): string {
  if (choices) return choices.join(" or ");
  if (type === "string") return "any text";
  if (type === "timezone") return "a time zone such as Europe/Berlin";
  if (type === "int") return min === undefined ? "a whole number" : `a whole number from ${min} to ${max}`;
  return `a date such as 2026-03-01${fallback === "none" ? ", current_date, or none" : ", or current_date"}`;
}

function isAllowed({ type, choices, min = -Infinity, max = Infinity, fallback }: SqlParameter, text: string) {
  if (choices) return choices.includes(text);
  if (type === "string") return true;
  if (type === "timezone") return isTimezone(text);
  if (type === "int") return /^-?\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max;
  return text === "current_date" || isDay(text) || (text === "none" && fallback === "none");
}

function isTimezone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}

/** Returns a text as SQL spells it. */
export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
