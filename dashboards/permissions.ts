/** Actions on one of QuickSight's resources. */
interface Permission {
  principal: string;
  actions: string[];
}

/**
 * What an owner may do with each resource. QuickSight takes these sets only as a whole, as its console grants them
 * (https://docs.aws.amazon.com/quicksight/latest/APIReference/API_ResourcePermission.html).
 */
const ownerActions = {
  dataSource: [
    "DescribeDataSource",
    "DescribeDataSourcePermissions",
    "PassDataSource",
    "UpdateDataSource",
    "DeleteDataSource",
    "UpdateDataSourcePermissions",
  ],
  dataSet: [
    "DescribeDataSet",
    "DescribeDataSetPermissions",
    "PassDataSet",
    "DescribeIngestion",
    "ListIngestions",
    "UpdateDataSet",
    "DeleteDataSet",
    "CreateIngestion",
    "CancelIngestion",
    "UpdateDataSetPermissions",
    "DescribeRefreshSchedule",
    "ListRefreshSchedules",
    "CreateRefreshSchedule",
    "UpdateRefreshSchedule",
    "DeleteRefreshSchedule",
    "DescribeDataSetRefreshProperties",
    "PutDataSetRefreshProperties",
    "DeleteDataSetRefreshProperties",
  ],
  dashboard: [
    "DescribeDashboard",
    "ListDashboardVersions",
    "QueryDashboard",
    "UpdateDashboardPermissions",
    "UpdateDashboard",
    "DeleteDashboard",
    "DescribeDashboardPermissions",
    "UpdateDashboardPublishedVersion",
  ],
};

/** Who looks at a dashboard needs no permission on its data sets. */
const viewerActions = ["DescribeDashboard", "ListDashboardVersions", "QueryDashboard"];

/** Returns what owners may do with a resource. */
export function ownedBy(owners: string[], resource: keyof typeof ownerActions): Permission[] {
  return owners.map((principal) => permission(principal, ownerActions[resource]));
}

/** Returns what viewers may do with the dashboard, but for those who own it. */
export function viewedBy(viewers: string[], owners: string[]): Permission[] {
  return viewers
    .filter((viewer) => !owners.includes(viewer))
    .map((principal) => permission(principal, viewerActions));
}

function permission(principal: string, actions: string[]): Permission {
  return { principal, actions: actions.map((action) => `quicksight:${action}`) };
}
