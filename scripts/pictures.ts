/** Makes the picture of the report that the docs show, and measures how large reports are and how fast they paint. */
import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";

const pictures = path.join(__dirname, "../docs/pictures");

/** How often each page is painted: the fastest counts, since a busy machine only makes it slower. */
const paints = 3;

/** Opens the report in a file, and waits until all its charts are drawn. Returns ms until its first paint, and until then. */
async function open(page: Page, file: string): Promise<{ painted: number; drawn: number }> {
  await page.goto(pathToFileURL(file).href);
  await page.locator("body:not([aria-busy])").waitFor();
  return page.evaluate(() => ({
    painted: performance.getEntriesByName("first-contentful-paint")[0]!.startTime,
    drawn: performance.now(),
  }));
}

async function measure(browser: Browser, folder: string, picture: string | undefined): Promise<void> {
  const file = path.resolve(folder, "report.html");
  if (!fs.existsSync(file)) throw new Error(`There is no report in ${folder}; npm start makes one.`);
  const times = { painted: Infinity, drawn: Infinity };
  for (let paint = 0; paint < paints; paint += 1) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1180 }, locale: "en-GB" });
    const { painted, drawn } = await open(page, file);
    times.painted = Math.min(times.painted, painted);
    times.drawn = Math.min(times.drawn, drawn);
    if (paint === 0 && picture !== undefined) await page.screenshot({ path: picture });
    await page.close();
  }
  const kilobytes = Math.ceil(fs.statSync(file).size / 1000);
  const [painted, drawn] = [Math.round(times.painted), Math.round(times.drawn)];
  console.log(`${file}: ${kilobytes} kB, first paint after ${painted} ms, all drawn after ${drawn} ms`);
}

async function main(folders: string[]): Promise<void> {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    for (const [at, folder] of folders.entries())
      await measure(browser, folder, at === 0 ? path.join(pictures, "report.png") : undefined);
  } finally {
    await browser.close();
  }
}

const given = process.argv.slice(2);
main(given.length > 0 ? given : [".local"]).catch((error: Error) => {
  console.error(process.env.DEBUG ? error : error.message);
  process.exitCode = 1;
});
