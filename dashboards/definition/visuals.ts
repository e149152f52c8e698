import type { quicksight } from "@pulumi/aws-native/types/input";
import type * as pulumi from "@pulumi/pulumi";
import type { ColumnOf, SourceName } from "../sources";
import { dimension, measure, words, type By, type Value } from "./fields";

/** A visual of a sheet: half as wide as the sheet, or as wide. */
export interface Visual {
  id: string;
  source: SourceName;
  isWide: boolean;
  args: quicksight.DashboardVisualArgs;
}

/** What every visual has. */
interface Common<S extends SourceName> {
  /** Its id: letters, digits and hyphens. */
  id: string;
  title: string;
  source: S;
  isWide?: boolean;
}

function headOf({ id, title }: { id: string; title: string }) {
  return {
    visualId: id,
    title: { visibility: "VISIBLE", formatText: { plainText: title } },
    visualContentAltText: title,
  } as const;
}

function visual(
  { id, source, isWide = false }: Common<SourceName>,
  args: quicksight.DashboardVisualArgs,
): Visual {
  return { id, source, isWide, args };
}

function sortBy(fieldId: string, direction: "ASC" | "DESC") {
  return [{ fieldSort: { fieldId, direction } }];
}

function atMost(itemsLimit: number) {
  return { itemsLimit, otherCategories: "EXCLUDE" } as const;
}

/** A line at one value. */
interface Level {
  value: pulumi.Input<number>;
  label: string;
}

function levelLine({ value, label }: Level): quicksight.DashboardReferenceLineArgs {
  return {
    status: "ENABLED",
    dataConfiguration: { axisBinding: "PRIMARY_YAXIS", staticConfiguration: { value } },
    labelConfiguration: { customLabelConfiguration: { customLabel: label } },
  };
}

/** Returns a bar chart: stacked by `colors`; of the `top` greatest values, else in the order of its categories. */
export function barChart<S extends SourceName>(
  options: Common<S> & { by: By<S>; value: Value<S>; colors?: By<S>; top?: number },
): Visual {
  const { id, source, top } = options;
  const by = dimension(id, source, options.by);
  const value = measure(id, source, options.value);
  const colors = options.colors === undefined ? [] : [dimension(id, source, options.colors).field];
  const chartConfiguration: quicksight.DashboardBarChartConfigurationArgs = {
    fieldWells: {
      barChartAggregatedFieldWells: { category: [by.field], values: [value.field], colors },
    },
    orientation: top === undefined ? "VERTICAL" : "HORIZONTAL",
    barsArrangement: colors.length === 0 ? "CLUSTERED" : "STACKED",
    sortConfiguration:
      top === undefined
        ? { categorySort: sortBy(by.fieldId, "ASC") }
        : { categorySort: sortBy(value.fieldId, "DESC"), categoryItemsLimit: atMost(top) },
  };
  return visual(options, { barChartVisual: { ...headOf(options), chartConfiguration } });
}

/** Returns a chart of bars, of a line over them, and of a level line if there is one. */
export function barsAndLine<S extends SourceName>(
  options: Common<S> & { by: By<S>; bars: Value<S>; line: Value<S>; level?: Level },
): Visual {
  const { id, source } = options;
  const chartConfiguration: quicksight.DashboardComboChartConfigurationArgs = {
    fieldWells: {
      comboChartAggregatedFieldWells: {
        category: [dimension(id, source, options.by).field],
        barValues: [measure(id, source, options.bars).field],
        lineValues: [measure(id, source, options.line).field],
      },
    },
    barsArrangement: "CLUSTERED",
    referenceLines: options.level === undefined ? [] : [levelLine(options.level)],
  };
  return visual(options, { comboChartVisual: { ...headOf(options), chartConfiguration } });
}

/** Returns a chart with a line for each of the first 20 values of `colors`. */
export function lineChart<S extends SourceName>(
  options: Common<S> & { by: By<S>; value: Value<S>; colors: By<S> },
): Visual {
  const { id, source } = options;
  const chartConfiguration: quicksight.DashboardLineChartConfigurationArgs = {
    type: "LINE",
    fieldWells: {
      lineChartAggregatedFieldWells: {
        category: [dimension(id, source, options.by).field],
        values: [measure(id, source, options.value).field],
        colors: [dimension(id, source, options.colors).field],
      },
    },
    sortConfiguration: { colorItemsLimitConfiguration: atMost(20) },
  };
  return visual(options, { lineChartVisual: { ...headOf(options), chartConfiguration } });
}

/** Returns a heat map, its rows and columns in ascending order. */
export function heatMap<S extends SourceName>(
  options: Common<S> & { rows: By<S>; columns: By<S>; value: Value<S> },
): Visual {
  const { id, source } = options;
  const rows = dimension(id, source, options.rows);
  const columns = dimension(id, source, options.columns);
  const chartConfiguration: quicksight.DashboardHeatMapConfigurationArgs = {
    fieldWells: {
      heatMapAggregatedFieldWells: {
        rows: [rows.field],
        columns: [columns.field],
        values: [measure(id, source, options.value).field],
      },
    },
    sortConfiguration: {
      heatMapRowSort: sortBy(rows.fieldId, "ASC"),
      heatMapColumnSort: sortBy(columns.fieldId, "ASC"),
    },
  };
  return visual(options, { heatMapVisual: { ...headOf(options), chartConfiguration } });
}

/** Returns a table of groups and their values, the greatest first value on top. */
export function groupsTable<S extends SourceName>(
  options: Common<S> & { by: ColumnOf<S>[]; values: [Value<S>, ...Value<S>[]] },
): Visual {
  const { id, source } = options;
  const groupBy = options.by.map((name) => dimension(id, source, name));
  const [first, ...others] = options.values;
  const top = measure(id, source, first);
  const values = [top, ...others.map((value) => measure(id, source, value))];
  const heads = [...options.by, ...options.values.map(([, name]) => name)];
  const selectedFieldOptions = [...groupBy, ...values].map(({ fieldId }, index) => ({
    fieldId,
    customLabel: words(heads[index]!),
  }));
  const chartConfiguration: quicksight.DashboardTableConfigurationArgs = {
    fieldWells: {
      tableAggregatedFieldWells: {
        groupBy: groupBy.map(({ field }) => field),
        values: values.map(({ field }) => field),
      },
    },
    sortConfiguration: { rowSort: sortBy(top.fieldId, "DESC") },
    fieldOptions: { selectedFieldOptions },
  };
  return visual(options, { tableVisual: { ...headOf(options), chartConfiguration } });
}

/** Returns a table of rows as they are, those with the greatest value of the first column on top. */
export function rowsTable<S extends SourceName>(
  options: Common<S> & { columns: [ColumnOf<S>, ...ColumnOf<S>[]] },
): Visual {
  const { id, source, columns } = options;
  const fieldId = (name: string) => `${id}.${name}`;
  const values = columns.map((name) => ({
    fieldId: fieldId(name),
    column: { dataSetIdentifier: source, columnName: name },
  }));
  const chartConfiguration: quicksight.DashboardTableConfigurationArgs = {
    fieldWells: { tableUnaggregatedFieldWells: { values } },
    sortConfiguration: { rowSort: sortBy(fieldId(columns[0]), "DESC") },
    fieldOptions: {
      selectedFieldOptions: columns.map((name) => ({ fieldId: fieldId(name), customLabel: words(name) })),
    },
  };
  return visual(options, { tableVisual: { ...headOf(options), chartConfiguration } });
}
