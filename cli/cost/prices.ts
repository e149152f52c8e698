/** What AWS asks in us-east-1, without taxes. */
interface Price {
  /** As people call it. */
  item: string;
  /** USD for so many units. */
  usd: number;
  per: number;
  unit: string;
  /** Units a month that every account has for free, for ever. */
  free: number;
  /** AWS's page. */
  page: string;
  /** Month in which a page was seen that gives this price: AWS's own, or one that quotes it with its date. */
  seen: string;
}

const page = (service: string) => `https://aws.amazon.com/${service}/pricing/`;
const cloudWatch = { page: page("cloudwatch"), seen: "2026-02" };
const s3 = { free: 0, page: page("s3"), seen: "2020-10" };
const lambda = { page: page("lambda"), seen: "2026-06" };
const kms = { page: page("kms"), seen: "2026-03" };

/** The prices of everything that a stack is billed for. */
export const prices = {
  requests: { item: "Lambda: runs", usd: 0.2, per: 1e6, unit: "runs", free: 1e6, ...lambda },
  gbSeconds: {
    item: "Lambda: time (arm64)",
    usd: 0.0000133334,
    per: 1,
    unit: "GB-s",
    free: 400_000,
    ...lambda,
  },
  s3Writes: { item: "S3: PUT and LIST", usd: 0.005, per: 1000, unit: "requests", ...s3 },
  s3Reads: { item: "S3: GET and HEAD", usd: 0.0004, per: 1000, unit: "requests", ...s3 },
  storage: { item: "S3: storage", usd: 0.023, per: 1, unit: "GB", ...s3 },
  glueRequests: {
    ...{ item: "Glue: catalog", usd: 1, per: 1e6, unit: "requests", free: 1e6 },
    ...{ page: page("glue"), seen: "2020-10" },
  },
  crawls: {
    ...{ item: "Glue: crawlers", usd: 0.44, per: 1, unit: "DPU-hours", free: 0 },
    ...{ page: page("glue"), seen: "2026-01" },
  },
  metrics: { item: "CloudWatch: metrics", usd: 0.3, per: 1, unit: "metrics", free: 10, ...cloudWatch },
  alarms: { item: "CloudWatch: alarms", usd: 0.1, per: 1, unit: "alarms", free: 10, ...cloudWatch },
  dashboards: { item: "CloudWatch: dashboard", usd: 3, per: 1, unit: "dashboards", free: 3, ...cloudWatch },
  logsIn: { item: "CloudWatch: logs, written", usd: 0.5, per: 1, unit: "GB", free: 5, ...cloudWatch },
  logsKept: { item: "CloudWatch: logs, kept", usd: 0.03, per: 1, unit: "GB", free: 5, ...cloudWatch },
  kmsRequests: {
    item: "KMS: requests",
    usd: 0.03,
    per: 10_000,
    unit: "requests",
    free: 20_000,
    ...kms,
  },
  keyVersions: { item: "KMS: key", usd: 1, per: 1, unit: "key versions", free: 0, ...kms },
  scanned: {
    ...{ item: "Athena: queries", usd: 5, per: 1, unit: "TB", free: 0 },
    ...{ page: page("athena"), seen: "2020-10" },
  },
} satisfies Record<string, Price>;

/** What is billed. */
export type Item = keyof typeof prices;

/** A crawl is billed as ten minutes of two DPU, however short it is. */
export const dpuHoursOfCrawl = (2 * 10) / 60;

/** Athena bills a query for 10 MB at least. */
export const leastScannedBytes = 10 * 2 ** 20;
