import type { quicksight } from "@pulumi/aws-native/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { sourceNames, sourceOf, type SourceName } from "../sources";
import { sheetsOf, type Sheet } from "./sheets";

type Definition = quicksight.DashboardVersionDefinitionArgs;
type FilterGroup = quicksight.DashboardFilterGroupArgs;
type SheetDefinition = quicksight.DashboardSheetDefinitionArgs;

/** A sheet's grid has 36 columns. */
const gridColumns = 36;
const visualRows = 12;
/** The grid of the controls above a sheet has 12. */
const controlColumns = 3;

const listenerFilter = "listener";
/** Parameters of the period; both days are part of it. */
const period = [
  { name: "from", title: "From", expression: "addDateTime(-365, 'DD', truncDate('DD', now()))" },
  { name: "to", title: "To", expression: "truncDate('DD', now())" },
];

/** Returns the dashboard's definition over data sets of these ARNs, and a budget of so many Spotify calls a day. */
export function definition(
  dataSetArn: (source: SourceName) => pulumi.Input<string>,
  callBudget: pulumi.Input<number>,
): Definition {
  const sheets = sheetsOf(callBudget);
  return {
    dataSetIdentifierDeclarations: sourceNames.map((identifier) => ({
      identifier,
      dataSetArn: dataSetArn(identifier),
    })),
    parameterDeclarations: period.map(({ name, expression }) => ({
      dateTimeParameterDeclaration: {
        name,
        timeGranularity: "DAY",
        defaultValues: { rollingDate: { expression } },
      },
    })),
    filterGroups: [listenerGroup(), ...sourceNames.flatMap((source) => periodGroups(source, sheets))],
    sheets: sheets.map(sheetDefinition),
    options: { weekStart: "MONDAY" },
  };
}

/** One filter on the column that all data sets have, with a control on each sheet. */
function listenerGroup(): FilterGroup {
  return {
    filterGroupId: "listener-group",
    crossDataset: "ALL_DATASETS",
    status: "ENABLED",
    scopeConfiguration: { allSheets: {} },
    filters: [
      {
        categoryFilter: {
          filterId: listenerFilter,
          column: { dataSetIdentifier: "daily_listening", columnName: "listener_id" },
          configuration: {
            filterListConfiguration: {
              matchOperator: "CONTAINS",
              nullOption: "ALL_VALUES",
              selectAllOptions: "FILTER_ALL_VALUES",
            },
          },
          defaultFilterControlConfiguration: {
            title: "Listener",
            controlOptions: { defaultDropdownOptions: { type: "MULTI_SELECT" } },
          },
        },
      },
    ],
  };
}

/** A filter on the day of each data set that has one: data sets do not call it the same. */
function periodGroups(source: SourceName, sheets: Sheet[]): FilterGroup[] {
  const columnName = sourceOf(source).period;
  if (columnName === undefined) return [];
  const shownOn = sheets.filter(({ visuals }) => visuals.some((visual) => visual.source === source));
  const [from, to] = period;
  return [
    {
      filterGroupId: `period-of-${source}`,
      crossDataset: "SINGLE_DATASET",
      status: "ENABLED",
      scopeConfiguration: {
        selectedSheets: {
          sheetVisualScopingConfigurations: shownOn.map(({ id }) => ({ sheetId: id, scope: "ALL_VISUALS" })),
        },
      },
      filters: [
        {
          timeRangeFilter: {
            filterId: `days-of-${source}`,
            column: { dataSetIdentifier: source, columnName },
            nullOption: "NON_NULLS_ONLY",
            timeGranularity: "DAY",
            includeMinimum: true,
            includeMaximum: true,
            rangeMinimumValue: { parameter: from!.name },
            rangeMaximumValue: { parameter: to!.name },
          },
        },
      ],
    },
  ];
}

function sheetDefinition(sheet: Sheet): SheetDefinition {
  const listener = `${sheet.id}-listener`;
  const dates = period.map(({ name, title }) => ({ id: `${sheet.id}-${name}`, name, title }));
  return {
    sheetId: sheet.id,
    name: sheet.name,
    contentType: "INTERACTIVE",
    visuals: sheet.visuals.map(({ args }) => args),
    filterControls: [{ crossSheet: { filterControlId: listener, sourceFilterId: listenerFilter } }],
    parameterControls: dates.map(({ id, name, title }) => ({
      dateTimePicker: { parameterControlId: id, sourceParameterName: name, title },
    })),
    sheetControlLayouts: [
      {
        configuration: {
          gridLayout: {
            elements: [listener, ...dates.map(({ id }) => id)].map((elementId, index) => ({
              elementId,
              elementType: index === 0 ? "FILTER_CONTROL" : "PARAMETER_CONTROL",
              columnIndex: index * controlColumns,
              columnSpan: controlColumns,
              rowIndex: 0,
              rowSpan: 1,
            })),
          },
        },
      },
    ],
    layouts: [{ configuration: { gridLayout: { elements: placed(sheet) } } }],
  };
}

/** Places visuals from left to right and from top to bottom. */
function placed({ visuals }: Sheet): quicksight.DashboardGridLayoutElementArgs[] {
  let [column, row] = [0, 0];
  return visuals.map(({ id, isWide }) => {
    const columnSpan = isWide ? gridColumns : gridColumns / 2;
    if (column + columnSpan > gridColumns) [column, row] = [0, row + visualRows];
    const columnIndex = column;
    column += columnSpan;
    return {
      elementId: id,
      elementType: "VISUAL",
      columnIndex,
      columnSpan,
      rowIndex: row,
      rowSpan: visualRows,
    };
  });
}
