import type { quicksight } from "@pulumi/aws-native/types/input";
import { typedColumn } from "../dataSets";
import type { ColumnOf, SourceName } from "../sources";

export type Dimension = quicksight.DashboardDimensionFieldArgs;
export type Measure = quicksight.DashboardMeasureFieldArgs;

/** What rows are put together by: a column, or a column of times and how long a group is. */
export type By<S extends SourceName> = ColumnOf<S> | readonly [ColumnOf<S>, "DAY" | "WEEK" | "MONTH"];

/** What is told of each group: a column, and how its values become one. */
export type Value<S extends SourceName> = readonly ["SUM" | "MAX" | "COUNT" | "DISTINCT_COUNT", ColumnOf<S>];

/** A field of a visual, and the id by which the visual's sort names it. */
export interface Field<T> {
  fieldId: string;
  field: T;
}

/** Returns the field that groups rows, of the kind that its column's type asks for. */
export function dimension<S extends SourceName>(visualId: string, source: S, by: By<S>): Field<Dimension> {
  const [name, dateGranularity] = typeof by === "string" ? [by] : by;
  const { type } = typedColumn(source, name);
  const fieldId = `${visualId}.${name}`;
  const common = { fieldId, column: { dataSetIdentifier: source, columnName: name } };
  if ((type === "DATETIME") !== (dateGranularity !== undefined))
    throw new Error(
      `${visualId} groups by ${source}.${name}, a ${type}; give DAY, WEEK or MONTH for a DATETIME only.`,
    );
  if (type === "DATETIME") return { fieldId, field: { dateDimensionField: { ...common, dateGranularity } } };
  if (type === "STRING") return { fieldId, field: { categoricalDimensionField: common } };
  return { fieldId, field: { numericalDimensionField: common } };
}

/** Returns the field that tells a value of each group. Throws an Error if values of its type cannot become one so. */
export function measure<S extends SourceName>(
  visualId: string,
  source: S,
  [aggregation, name]: Value<S>,
): Field<Measure> {
  const { type } = typedColumn(source, name);
  const fieldId = `${visualId}.${name}.${aggregation.toLowerCase()}`;
  const common = { fieldId, column: { dataSetIdentifier: source, columnName: name } };
  const refusal = new Error(`${visualId} cannot take the ${aggregation} of ${source}.${name}, a ${type}.`);
  if (type === "DATETIME") {
    if (aggregation === "SUM") throw refusal;
    return { fieldId, field: { dateMeasureField: { ...common, aggregationFunction: aggregation } } };
  }
  if (type === "STRING") {
    if (aggregation === "SUM" || aggregation === "MAX") throw refusal;
    return { fieldId, field: { categoricalMeasureField: { ...common, aggregationFunction: aggregation } } };
  }
  const aggregationFunction = { simpleNumericalAggregation: aggregation };
  return { fieldId, field: { numericalMeasureField: { ...common, aggregationFunction } } };
}

/** Returns the words of a column's name, as a table's head shows them. */
export function words(column: string): string {
  return column.replaceAll("_", " ");
}
