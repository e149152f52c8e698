/** Makes the pictures of the dashboard and of the alarms that docs/operations-alarms.md shows. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buildSync } from "esbuild";
import { chromium } from "playwright-core";
import type { Chart } from "./chart";
import { ofType } from "../../cloud/events/triggers";
import { dashboardPicture, type Month } from "./dashboard";
import { Metrics } from "./metrics";
import { programIn, simulateMonth } from "./month";
import { timelinePicture } from "./timeline";

const pictures = path.join(__dirname, "../../docs/pictures");

/** What the names of all alarms start with. */
const prefix = "spotify-data-pipeline-dev-";

/** @param folder keeps the month: the pictures of it are then drawn again without simulating it; by default none */
async function main(folder: string | undefined): Promise<void> {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "alarms-"));
  try {
    await makePictures(folder ?? temporary);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

async function makePictures(out: string): Promise<void> {
  const month = await monthIn(out);
  const { script, draw, close } = await chartDrawer();
  try {
    await script();
    write("dashboard.svg", await dashboardPicture(month, prefix, draw));
    write("alarms.svg", timelinePicture(month, prefix));
  } finally {
    await close();
  }
}

/** Returns what the program declares, and the month that the folder holds; simulates it there if there is none. */
async function monthIn(out: string): Promise<Month> {
  const file = path.join(out, "month.json");
  if (!fs.existsSync(file)) {
    const kept = await simulateMonth(out, async (day) => console.log(`Day ${day} has ended.`));
    fs.writeFileSync(file, JSON.stringify(kept));
  }
  const { metrics, logs } = JSON.parse(fs.readFileSync(file, "utf8")) as {
    metrics: ReturnType<Metrics["toJSON"]>;
    logs: Month["logs"];
  };
  const { resources } = await programIn(out);
  const inputsOf = (type: string) => ofType(resources, `aws:cloudwatch/${type}`).map(({ inputs }) => inputs);
  return {
    body: String(inputsOf("dashboard:Dashboard")[0]!.dashboardBody),
    alarms: inputsOf("metricAlarm:MetricAlarm") as unknown as Month["alarms"],
    metrics: new Metrics(metrics),
    logs,
  };
}

/** Starts a browser that draws charts: the chart library needs one. */
async function chartDrawer() {
  const { outputFiles } = buildSync({
    entryPoints: [path.join(__dirname, "chart.ts")],
    ...{ write: false, bundle: true, minify: true, format: "iife", target: "es2022", logLevel: "silent" },
  });
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  const page = await browser.newPage();
  return {
    script: () => page.addScriptTag({ content: outputFiles[0]!.text }),
    draw: (chart: Chart) =>
      page.evaluate(
        (one) => (globalThis as unknown as { chartSvg(chart: Chart): string }).chartSvg(one),
        chart,
      ),
    close: () => browser.close(),
  };
}

function write(name: string, svg: string): void {
  fs.writeFileSync(path.join(pictures, name), svg);
  console.log(`${name}: ${Math.ceil(svg.length / 1000)} kB`);
}

main(process.argv[2]).catch((error: Error) => {
  console.error(process.env.DEBUG ? error : error.message);
  process.exitCode = 1;
});
