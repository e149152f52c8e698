import { parts } from "../bench/index";
import type { Part, ReportTable } from "../bench/lib/part";
import type { PartResult, Results } from "../bench/lib/results";
import { growthFacts, limitsOf, type Limit, type Profile } from "./growth";
import { markdownTable } from "./markdown";

/** Whose needs are compared with the limits: listeners with the library that `calls` measures. */
const profiles: Profile[] = [1, 10, 100].map((listeners) => ({
  name: listeners === 1 ? "one listener" : `${listeners} listeners`,
  ...{ listeners, playlists: 200, items: 16_000, months: 36 },
}));

/** Returns the text of docs/performance.md, from what is in bench/results.json. */
export function performanceDoc(results: Results): string {
  const measured = parts.filter(({ name }) => results[name]);
  return [
    head,
    markdownTable(
      ["part", "measured (UTC)", "commit", "took", "options", "machine"],
      measured.map(({ name }) => measurementRow(name, results[name]!)),
    ),
    ...measured.map((part) => partSection(part, results[part.name]!)),
    growthSection(limitsOf(results), growthFacts(results)),
  ].join("\n\n");
}

const head = `# Performance

Made by \`npm run docs\` from [bench/results.json](../bench/results.json), which \`npm run bench -- all --write\` measures.
What is compared was measured in turn, within one run and on one machine: ratios hold elsewhere, times do not. Figures are
medians, with the least and the greatest in parentheses. \`npm run bench\` lists the parts, \`npm run bench -- NAME --help\`
their options. The heads of the files in [bench/](../bench) say how each part measures.`;

function measurementRow(name: string, { date, commit, seconds, options, machine }: PartResult): string[] {
  const { cpu, cores, memory_gb, node, system } = machine;
  const given = Object.entries(options).map(([option, value]) => `--${option} ${value}`);
  return [
    ...[name, date.slice(0, 16).replace("T", " "), commit, `${seconds} s`, given.join(" ")],
    `${cpu}, ${cores} cores, ${memory_gb} GB, ${system}, Node ${node}`,
  ];
}

function partSection(part: Part, { figures }: PartResult): string {
  return [`## ${part.name}`, part.measures, ...part.report(figures).map(tableSection)].join("\n\n");
}

function tableSection({ title, columns, rows, notes = [] }: ReportTable): string {
  const shown = rows.map((row) => row.map(cellText));
  return [`${title}:`, markdownTable(columns, shown), ...notes].join("\n\n");
}

function cellText(value: string | number | null): string {
  if (value === null) return "";
  return typeof value === "number" ? Number(value.toFixed(2)).toLocaleString("en") : value;
}

function growthSection(limits: Limit[], facts: string[]): string {
  const { playlists, items, months } = profiles[0]!;
  return [
    "## Growth",
    `Each line is fitted to the measured points above by least squares. The needs are those of listeners with ${playlists} playlists
each, of whom one stream brings at most ${items.toLocaleString("en")} items in a day (the first read), and of a lake of ${months} months.`,
    markdownTable(
      ["what grows", "fitted", "limit", "whose limit", "what moves it"],
      limits.map(({ what, growth, most, unit, whose, setting }) => [
        ...[what, growth, `${most.toLocaleString("en")} ${unit}`, whose, setting],
      ]),
    ),
    "What is needed of each limit, in percent; above 100 the limit is reached:",
    markdownTable(
      ["", ...profiles.map(({ name }) => name)],
      limits.map((limit) => [limit.what, ...profiles.map((profile) => percentOf(limit, profile))]),
    ),
    profiles.map((profile) => firstLimit(limits, profile)).join("\n"),
    growthText,
    ...facts,
  ].join("\n\n");
}

function percentOf({ value, most }: Limit, profile: Profile): string {
  return Number(((100 * value(profile)) / most).toPrecision(2)).toLocaleString("en");
}

/** Says which limit comes first, and what moves it. */
function firstLimit(limits: Limit[], profile: Profile): string {
  const share = (limit: Limit) => limit.value(profile) / limit.most;
  const [first] = [...limits].sort((left, right) => share(right) - share(left));
  if (!first) return `- For ${profile.name} no part was measured that has a limit.`;
  return `- For ${profile.name} the first limit is **${first.what}** (${percentOf(first, profile)} %). It moves with: ${first.setting}.`;
}

const growthText = `**Listeners** share one app of Spotify, so one quota, one run and one state. More listeners than these limits hold need
another stack with an app of its own.

**Playlists** cost a call only when they change: a day's calls grow with the pages of the list of playlists, and with the
changes. A first read costs a call for each 50 entries; the budget spreads it over days.

**Plays** come 50 to a call, once an hour, so they cost 24 calls a day for each listener, however many there are. Their rows
are a small part of the lake.

**Years** add a partition for each table and period, and files in them. Queries with a window read what is in the window; the
others read all years.`;
