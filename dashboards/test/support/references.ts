/** What names something else in a dashboard's definition, by the property that does. */
interface Named {
  columns: { dataSetIdentifier: string; columnName: string }[];
  values: Map<string, string[]>;
}

/** Properties whose values name what another one makes. */
const references: [names: string, made: string[]][] = [
  ["sourceFilterId", ["filterId"]],
  ["sourceParameterName", ["name"]],
  ["parameter", ["name"]],
  ["elementId", ["visualId", "filterControlId", "parameterControlId"]],
  ["dataSetIdentifier", ["identifier"]],
];

/** Properties whose values are there once. */
const ids = [
  "sheetId",
  "visualId",
  "filterId",
  "filterGroupId",
  "filterControlId",
  "parameterControlId",
  "identifier",
];

/**
 * Returns what QuickSight's strict validation refuses and no schema tells: columns that their data set does not have,
 * names of filters, parameters, visuals, controls and fields that nothing has, and ids that are there twice.
 */
export function mistakesIn(definition: object, columnsOf: (source: string) => string[]): string[] {
  const { columns, values } = collect(definition);
  const all = (key: string) => values.get(key) ?? [];
  const missing = columns
    .filter(({ dataSetIdentifier, columnName }) => !columnsOf(dataSetIdentifier).includes(columnName))
    .map(({ dataSetIdentifier, columnName }) => `column ${dataSetIdentifier}.${columnName}`);
  const dangling = references.flatMap(([names, made]) => {
    const known = new Set(made.flatMap(all));
    return all(names)
      .filter((name) => !known.has(name))
      .map((name) => `${names} ${name}`);
  });
  const twice = ids.flatMap((key) =>
    all(key)
      // A sheet's id is named by the scope of filters, too.
      .filter((id, index, list) => key !== "sheetId" && list.indexOf(id) !== index)
      .map((id) => `${key} ${id} twice`),
  );
  return [...missing, ...dangling, ...twice, ...visualsOf(definition).flatMap(fieldsOfVisual)];
}

/** Fields that a visual sorts or labels by and does not have. */
function fieldsOfVisual(visual: {
  chartConfiguration?: { fieldWells?: object };
  visualId?: string;
}): string[] {
  const made = new Set(collect(visual.chartConfiguration?.fieldWells ?? {}).values.get("fieldId"));
  const named = collect(visual.chartConfiguration ?? {}).values.get("fieldId") ?? [];
  return named.filter((id) => !made.has(id)).map((id) => `fieldId ${id}`);
}

function visualsOf(definition: object): { chartConfiguration?: { fieldWells?: object } }[] {
  const { sheets } = definition as { sheets: { visuals: Record<string, object>[] }[] };
  return sheets.flatMap(({ visuals }) => visuals.flatMap((visual) => Object.values(visual)));
}

function collect(part: unknown, into: Named = { columns: [], values: new Map() }): Named {
  if (typeof part !== "object" || part === null) return into;
  const { dataSetIdentifier, columnName } = part as Record<string, unknown>;
  if (typeof dataSetIdentifier === "string" && typeof columnName === "string")
    into.columns.push({ dataSetIdentifier, columnName });
  for (const [key, value] of Object.entries(part)) {
    if (typeof value === "string") into.values.set(key, [...(into.values.get(key) ?? []), value]);
    collect(value, into);
  }
  return into;
}
