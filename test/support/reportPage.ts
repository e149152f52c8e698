import * as fs from "node:fs";
import { asOfDay, namedQueries } from "../../infra/sql";
import type { ReportData, ReportPlace } from "../../cli/report/reportData";
import { reportData } from "../../cli/report/reportData";
import { unpack, type Packed } from "../../cli/report/packing";
import type { Answers } from "./answers";

/** Returns what the page shows of a lake in memory, on a day. */
export function reportOf(
  { lake }: Answers,
  asOf: string,
  timezone: string,
  more: Partial<ReportPlace> = {},
): Promise<ReportData> {
  const place: ReportPlace = {
    ...{ source: "simulated", asOf, timezone, callBudget: 600, options: " --out my-data" },
    flow: {
      raw: { objects: 120, bytes: 3_400_000 },
      tables: { plays: { rows: 512, files: 9, bytes: 70_000 } },
    },
    ...more,
  };
  const queries = namedQueries(timezone).map((query) => {
    const days = asOfDay(query, asOf);
    const parameters = query.parameters.map((one) => ({ ...one, fallback: days[one.name] ?? one.fallback }));
    return { ...query, parameters };
  });
  return reportData(place, queries, (sql) => lake.query(sql));
}

/** Returns what the page in a file holds. */
export function dataIn(file: string): ReportData {
  const html = fs.readFileSync(file, "utf8");
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/.exec(html)!;
  return unpack(JSON.parse(json!) as Packed<ReportData>);
}
