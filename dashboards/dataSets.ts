import type { quicksight } from "@pulumi/aws-native/types/enums";
import { views } from "../infra/sql";
import { tables } from "../schemas";
import type { ColumnType } from "../schemas/spec";
import { sourceOf, type SourceName } from "./sources";

type QuickSightType = quicksight.DataSetInputColumnDataType;

/** A column of a data set, with its type in the lake and in QuickSight. */
export interface DataSetColumn {
  name: string;
  lakeType: ColumnType;
  type: QuickSightType;
}

/** QuickSight's types; it has none for booleans. */
const quickSightTypes: Partial<Record<ColumnType, QuickSightType>> = {
  string: "STRING",
  int: "INTEGER",
  bigint: "INTEGER",
  double: "DECIMAL",
  date: "DATETIME",
  timestamp: "DATETIME",
};

/** The types of all columns, by view or table, as `views/` and `schemas/` have them. */
const declared = new Map(
  [...views(), ...tables].map(({ name, columns }) => [
    name,
    new Map(columns.map((column) => [column.name, column.type])),
  ]),
);

/**
 * Returns the columns of a data set; their types are those of the view's head or the table's spec. Throws an Error if
 * the lake has no such view, table or column, or one that QuickSight has no type for.
 */
export function columnsOf(source: SourceName): DataSetColumn[] {
  return sourceOf(source).columns.map((name) => typedColumn(source, name));
}

/** Returns a column of the view or table `source`; throws an Error as {@link columnsOf} does. */
export function typedColumn(source: string, name: string): DataSetColumn {
  const lakeType = declared.get(source)?.get(name);
  if (lakeType === undefined)
    throw new Error(`The lake has no column ${source}.${name}; name one that docs/tables.md has.`);
  const type = quickSightTypes[lakeType];
  if (type === undefined)
    throw new Error(
      `QuickSight has no type for ${source}.${name}, which is ${lakeType}; use it in a condition.`,
    );
  return { name, lakeType, type };
}
