import type { View } from "../infra/sql";
import { streamsOf, tables, tablesOf, type Column, type TableSpec } from "../schemas";
import {
  accessMeanings,
  readingMeanings,
  streamKinds,
  streamName,
  streamOf,
  type StreamKind,
} from "../schemas/streams";
import { markdownTable } from "./markdown";

/** A column that names a thing of another table. */
interface Reference {
  column: Column;
  table: string;
}

/** The data dictionary as Markdown: every table and view of the lake, from the specs alone. */
export function tablesDoc(views: View[]): string {
  return [
    intro,
    diagram(),
    "## Streams",
    "What is read, who may read it, and where it goes. The setting `sources` names streams; `me` means all of a listener's.",
    markdownTable(
      ["stream", "read by", "OAuth scopes", "how it is read", "tables"],
      streamKinds.map(streamRow),
    ),
    "## Tables",
    ...tables.map(tableSection),
    "## Views",
    "What analysts ask: each thing once, as it stands now, unless the view says otherwise.",
    ...views.map(viewSection),
  ].join("\n\n");
}

const intro = `# Tables and views

<!-- Made by npm run docs from schemas/ and views/; edit those. -->

Every table is partitioned by \`snapshot_month\`, a text \`yyyy-MM\`: the UTC month of the read. A file holds the rows of one
table, listener, stream and day, or of all days of a month that are sealed ([sealing.md](sealing.md)). Rows of a day have one
row per key: if two reads of a day give rows of the same key, that of the older read stays. Timestamps are UTC, to the
millisecond. The last four columns of every table say where a row comes from;
\`run_id\` refers to \`extract_runs\`. A query about some time reads less with a condition such as
\`snapshot_month >= '2026-03'\` beside its own.

Only columns marked as nullable hold NULL. It means that Spotify sent no value, or what the column's meaning adds. An empty
text was sent as such by Spotify. A column that was added later is NULL in older rows, until \`npx spotify-lake replay\`
has built them again.`;

function diagram(): string {
  const entities = tables.map((table) => {
    const references = referencesOf(table).map(({ column }) => column.name);
    const shown = table.columns.filter(({ name }) => table.key.includes(name) || references.includes(name));
    const lines = shown.map(({ name, type }) => {
      const marks = [table.key.includes(name) && "PK", references.includes(name) && "FK"].filter(Boolean);
      return `    ${type} ${name} ${marks.join(", ")}`;
    });
    return [`  ${table.name} {`, ...lines, "  }"].join("\n");
  });
  const relations = tables.flatMap((table) =>
    referencesOf(table).map(
      ({ column, table: other }) =>
        `  ${other} ${column.nullable ? "}o" : "}|"}--o{ ${table.name} : ${column.name}`,
    ),
  );
  return [
    "## How they hang together",
    "Keys, and columns that name a thing of another table. A thing has a row for each read that reported it.",
    ["```mermaid", "erDiagram", ...entities, ...relations, "```"].join("\n"),
  ].join("\n\n");
}

/**
 * The columns of a table that name things of other tables: `track_id` and `primary_artist_id` those of `tracks` and
 * `artists`; `read_seq` of a listener's container a read of `container_reads`.
 */
function referencesOf(table: TableSpec): Reference[] {
  return table.columns.flatMap((column): Reference[] => {
    const thing = /^(?:primary_)?([a-z]+)_id$/.exec(column.name)?.[1];
    const entity = tables.find(({ name, key }) => name === `${thing}s` && key.includes(`${thing}_id`));
    if (entity && entity !== table) return [{ column, table: entity.name }];
    const isRead = column.name === "read_seq" && table.key.includes("listener_id");
    if (!isRead || table.name === "container_reads") return [];
    const reads = streamsOf("container_reads").some((kind) => streamsOf(table.name).includes(kind));
    return reads ? [{ column, table: "container_reads" }] : [];
  });
}

function streamRow(kind: StreamKind): string[] {
  const { access, scopes, reading } = streamOf(kind);
  const names = tablesOf(kind).map(({ name }) => name);
  return [
    streamName(kind),
    accessMeanings[access],
    scopes.join(", "),
    readingMeanings[reading],
    names.join(", "),
  ];
}

function tableSection(table: TableSpec): string {
  const nullable = table.columns.filter((column) => column.nullable).map(({ name }) => `\`${name}\``);
  return [
    `### ${table.name}`,
    table.grain,
    [
      `- Key: ${table.key.map((name) => `\`${name}\``).join(", ")}`,
      `- The same thing twice: ${table.dedupe}`,
      `- May be NULL: ${nullable.length > 0 ? nullable.join(", ") : "nothing"}`,
      `- Streams: ${streamsOf(table.name).join(", ")}`,
    ].join("\n"),
    markdownTable(
      ["column", "type", "nullable", "meaning"],
      table.columns.map(({ name, type, nullable, meaning }) => [name, type, nullable ? "yes" : "", meaning]),
    ),
  ].join("\n\n");
}

function viewSection({ name, meaning, columns }: View): string {
  const rows = columns.map((column) => [column.name, column.type, column.meaning]);
  return [`### ${name}`, meaning, markdownTable(["column", "type", "meaning"], rows)].join("\n\n");
}
