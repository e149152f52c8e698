import { unpack, type Packed } from "../packing";
import type { ReportData } from "../reportData";

/** Returns the data that the page holds. */
export function pageData<T extends ReportData>(): T {
  return unpack(JSON.parse(document.getElementById("data")!.textContent) as Packed<T>);
}
