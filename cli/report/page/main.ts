import type { ReportData } from "../reportData";
import { show } from "./report";

show(JSON.parse(document.getElementById("data")!.textContent) as ReportData);
